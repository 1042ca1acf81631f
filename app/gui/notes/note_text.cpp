#include "app/gui/notes/note_text.h"

#include <QTextBlock>
#include <QTextCursor>

#include "app/gui/theme.h"

namespace stallsight::gui {

namespace {

// Markdown without HTML: what looks like a tag stays text.
constexpr auto features =
    QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub) | QTextDocument::MarkdownNoHTML;

// A heading of a note is no heading of the window: bold is enough.
void calm_headings(QTextDocument& document) {
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        if (block.blockFormat().headingLevel() == 0) continue;
        QTextCursor cursor(block);
        cursor.select(QTextCursor::BlockUnderCursor);
        QTextCharFormat format;
        format.setProperty(QTextFormat::FontSizeAdjustment, 0);
        format.setFontWeight(QFont::Bold);
        cursor.mergeCharFormat(format);
    }
}

// A picture is not shown, wherever it lies: its name stands there. Without this, Qt opens the file by itself.
void name_pictures(QTextDocument& document) {
    const QString object(QChar::ObjectReplacementCharacter);
    for (QTextCursor at = document.find(object); !at.isNull(); at = document.find(object, at))
        at.insertText("[" + at.charFormat().toImageFormat().name() + "]", QTextCharFormat());
}

}  // namespace

NoteText::NoteText(const QString& markdown, int width, QObject* parent) : QTextDocument(parent) {
    setDocumentMargin(0);
    setDefaultFont(ui_font());
    setMarkdown(markdown, features);
    calm_headings(*this);
    name_pictures(*this);
    setTextWidth(width);
}

QVariant NoteText::loadResource(int, const QUrl&) {
    return {};
}

QString plain_note(const QString& markdown) {
    QTextDocument document;
    document.setMarkdown(markdown, features);
    return document.toPlainText().simplified();
}

}  // namespace stallsight::gui
