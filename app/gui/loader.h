// Runs the analysis off the window's thread; only the latest job's result arrives.
#pragma once

#include <QObject>
#include <QStringList>
#include <memory>

#include "analysis/analysis.h"

namespace stallsight::gui {

class Loader : public QObject {
    Q_OBJECT
public:
    explicit Loader(QObject* parent = nullptr);
    ~Loader() override;

    void load(const QString& path, const AnalysisOptions& options);
    void cancel();
    [[nodiscard]] bool running() const { return job_progress_ != nullptr; }

signals:
    void progressed(const QString& what, double done);
    void loaded(std::shared_ptr<const stallsight::Analysis> analysis);
    void failed(const QString& message);
    void cancelled();

private:
    void finish(quint64 job, std::shared_ptr<const Analysis> analysis, const QString& message);

    quint64 job_ = 0;  // of the last one started: what an older one reports is stale
    std::shared_ptr<Progress> job_progress_;
};

}  // namespace stallsight::gui
