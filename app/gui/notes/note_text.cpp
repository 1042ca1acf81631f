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

}  // namespace

NoteText::NoteText(const QString& markdown, int width, QObject* parent) : QTextDocument(parent) {
    setDocumentMargin(0);
    setDefaultFont(ui_font());
    setMarkdown(markdown, features);
    calm_headings(*this);
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
