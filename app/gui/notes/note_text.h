// The Markdown of a note, laid out for the window. Nothing is loaded for it: no picture, no style, no page.
#pragma once

#include <QString>
#include <QTextDocument>

namespace stallsight::gui {

class NoteText : public QTextDocument {
    Q_OBJECT
public:
    // `width` in pixels.
    NoteText(const QString& markdown, int width, QObject* parent = nullptr);

protected:
    QVariant loadResource(int type, const QUrl& name) override;
};

// In one line and without the marks, for a place that has room for words only.
QString plain_note(const QString& markdown);

}  // namespace stallsight::gui
