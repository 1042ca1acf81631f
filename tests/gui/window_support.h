// What the window's tests begin with: a bundle that may be written beside, and a window on it.
#pragma once

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>

#include "app/gui/main_window.h"
#include "app/gui/theme.h"

namespace stallsight::gui {

// A copy, because the case file is written beside the bundle.
inline void copy_sample(const QString& to) {
    std::filesystem::copy(STALLSIGHT_SOURCE_DIR "/sample-logs/fant-h-cold-standby", to.toStdString(),
                          std::filesystem::copy_options::recursive);
}

// Shown, its models watched, and the bundle read.
inline std::unique_ptr<MainWindow> opened_window(const QString& bundle, const QSize& size = {},
                                                 const AnalysisOptions& options = {}) {
    constexpr int patience_ms = 20000;
    auto window = std::make_unique<MainWindow>(WindowOptions{options, {}, false});
    if (size.isValid()) window->resize(size);
    window->show();
    for (auto* model : window->findChildren<QAbstractItemModel*>())
        new QAbstractItemModelTester(model, QAbstractItemModelTester::FailureReportingMode::QtTest, window.get());
    QSignalSpy ready(window.get(), &MainWindow::ready);
    window->open(bundle);
    [&] { QVERIFY(ready.wait(patience_ms)); }();
    return window;
}

// A test of one window, whose parts are found by their kind and name.
class WindowTest : public QObject {
protected:
    template <class T>
    T* part(const QString& name = {}) {
        return window_->findChild<T*>(name);
    }

    QTemporaryDir folder_;
    std::unique_ptr<MainWindow> window_;
};

// Where STALLSIGHT_SHOTS names a folder, pictures of what is tested are left there, to be looked at; dark ones with
// STALLSIGHT_DARK.
inline Appearance tested_appearance() {
    return qEnvironmentVariableIsSet("STALLSIGHT_DARK") ? Appearance::dark : Appearance::light;
}

inline void shoot(QWidget& widget, const QString& name) {
    const QString folder = qEnvironmentVariable("STALLSIGHT_SHOTS");
    if (!folder.isEmpty()) QVERIFY(widget.grab().save(folder + "/" + name + ".png"));
}

}  // namespace stallsight::gui
