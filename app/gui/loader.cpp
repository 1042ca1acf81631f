#include "app/gui/loader.h"

#include <QPointer>
#include <QThreadPool>
#include <QtConcurrent>

namespace stallsight::gui {

Loader::Loader(QObject* parent) : QObject(parent) {}

Loader::~Loader() {
    if (job_progress_) job_progress_->cancelled = true;
    // The worker posts to this object; it must be gone before we are.
    QThreadPool::globalInstance()->waitForDone();
}

void Loader::load(const QString& path, const AnalysisOptions& options) {
    if (job_progress_) job_progress_->cancelled = true;
    const quint64 job = ++job_;
    auto progress = std::make_shared<Progress>();
    job_progress_ = progress;
    progress->report = [this, job](const std::string& what, double done) {
        const QString words = QString::fromStdString(what);
        QMetaObject::invokeMethod(
            this,
            [=, this] {
                if (job == job_) emit progressed(words, done);
            },
            Qt::QueuedConnection);
    };
    const std::string name = path.toStdString();
    static_cast<void>(QtConcurrent::run([this, job, name, options, progress] {
        auto result = analyse(name, options, *progress);
        auto analysis = result ? std::make_shared<const Analysis>(std::move(*result)) : nullptr;
        const QString message = result ? QString() : QString::fromStdString(result.error().text());
        QMetaObject::invokeMethod(
            this, [=, this] { finish(job, analysis, message); }, Qt::QueuedConnection);
    }));
}

void Loader::cancel() {
    if (!job_progress_) return;
    job_progress_->cancelled = true;
    job_progress_.reset();
    ++job_;
    emit cancelled();
}

void Loader::finish(quint64 job, std::shared_ptr<const Analysis> analysis, const QString& message) {
    if (job != job_) return;
    job_progress_.reset();
    if (analysis)
        emit loaded(std::move(analysis));
    else
        emit failed(message);
}

}  // namespace stallsight::gui
