#include "app/gui/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QFontInfo>
#include <QPalette>
#include <algorithm>
#include <cmath>

#include "app/gui/widget_style.h"

namespace stallsight::gui {

namespace {

Theme light_theme() {
    Theme t;
    t.window = "#f3f4f6", t.panel = "#ffffff", t.log = "#fbfbfc", t.raised = "#ffffff", t.line = "#d6dae0";
    t.selection = "#d3e5f8", t.selection_idle = "#e6edf5", t.hover = "#eef2f7";
    t.text = "#171a21", t.muted = "#59616e", t.faint = "#656d79", t.accent = "#155fa8";
    t.cause = "#b8261f", t.warning = "#8a5a00", t.stall = "#5a45b5", t.good = "#1f7a32", t.remark = "#2a7530";
    t.stall_bar = "#6f5cc4", t.stall_bar_text = "#ffffff", t.starved_bar = "#d9b368";
    t.band_free = "#bfe3c3", t.band_softirq = "#f0d48f", t.band_lock = "#f1aaa4";
    t.added = "#dff3e0", t.removed = "#fbe3e1", t.found = "#ffe58a";
    return t;
}

Theme dark_theme() {
    Theme t;
    t.dark = true;
    t.window = "#23262e", t.panel = "#1f2229", t.log = "#1a1d23", t.raised = "#2b2f38", t.line = "#383d48";
    t.selection = "#254a70", t.selection_idle = "#2b3848", t.hover = "#292e37";
    t.text = "#e7e9ee", t.muted = "#a3abb9", t.faint = "#959dab", t.accent = "#6db3f2";
    t.cause = "#ff7b70", t.warning = "#e0ab4f", t.stall = "#ab98f0", t.good = "#6cc274", t.remark = "#74c07a";
    t.stall_bar = "#6a56bd", t.stall_bar_text = "#ffffff", t.starved_bar = "#8a6a2c";
    t.band_free = "#2f5f37", t.band_softirq = "#826421", t.band_lock = "#8a3a36";
    t.added = "#1d3a24", t.removed = "#45252a", t.found = "#6b5a14";
    return t;
}

Theme current = light_theme();

bool desktop_is_dark() {
    const QPalette palette = QGuiApplication::palette();
    return palette.color(QPalette::Window).lightnessF() < palette.color(QPalette::WindowText).lightnessF();
}

QPalette palette_of(const Theme& t) {
    QPalette p;
    p.setColor(QPalette::Window, t.window);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.panel);
    p.setColor(QPalette::AlternateBase, t.window);
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::Button, t.raised);
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, t.cause);
    p.setColor(QPalette::Highlight, t.selection);
    p.setColor(QPalette::HighlightedText, t.text);
    p.setColor(QPalette::Link, t.accent);
    p.setColor(QPalette::LinkVisited, t.accent);
    p.setColor(QPalette::PlaceholderText, t.muted);
    p.setColor(QPalette::ToolTipBase, t.raised);
    p.setColor(QPalette::ToolTipText, t.text);
    for (auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, t.faint);
    return p;
}

// Names in {braces} are replaced by the theme's colours.
constexpr const char* sheet = R"(
QMainWindow, QDialog { background: {window}; }
QToolTip { background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px 6px; }
#bar { background: {window}; border-bottom: 1px solid {line}; }
#bar QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 5px 10px; }
#bar QToolButton:hover, #bar QToolButton:focus { background: {hover}; border-color: {line}; }
#bar QToolButton:pressed, #bar QToolButton:open { background: {selection_idle}; }
#bar QToolButton::menu-indicator { image: none; }
#bar QToolButton:disabled { color: {faint}; }
#bar QToolButton#framed { background: {raised}; border-color: {line}; }
QLineEdit, QPlainTextEdit#editor { background: {panel}; border: 1px solid {line}; border-radius: 4px; padding: 4px 8px; }
QLineEdit:focus, QPlainTextEdit#editor:focus { border-color: {accent}; }
QPushButton { background: {raised}; border: 1px solid {line}; border-radius: 4px; padding: 5px 14px; }
QPushButton:hover { background: {hover}; }
QPushButton:focus, QPushButton:default { border-color: {accent}; }
#answer { background: {panel}; border-bottom: 1px solid {line}; }
#panel-head { background: {window}; border-bottom: 1px solid {line}; }
#panel-head[keys="true"] { border-bottom-color: {accent}; }
#status { background: {window}; border-top: 1px solid {line}; }
QTabBar { background: {window}; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: {muted}; padding: 8px 13px 7px 13px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { background: {panel}; color: {text}; border-bottom-color: {faint}; }
QTabBar[keys="true"]::tab:selected { border-bottom-color: {accent}; }
QTabBar::tab:hover:!selected { color: {text}; }
QTabBar::tab:focus { text-decoration: underline; }
QTabWidget::pane { border: none; border-top: 1px solid {line}; background: {panel}; }
QTabWidget::tab-bar { left: 0; }
QSplitter::handle { background: {line}; }
QSplitter::handle:hover { background: {accent}; }
QAbstractItemView, QTextBrowser { background: {panel}; border: none; outline: none; selection-background-color: {selection}; selection-color: {text}; }
QScrollArea, QScrollArea > QWidget > QWidget#inside { background: {panel}; border: none; }
#side { background: {panel}; }
QTreeView#fields { padding: 6px 8px; }
QTreeView#fields::item { padding: 2px 0; }
QHeaderView::section { background: {window}; color: {muted}; border: none; border-bottom: 1px solid {line}; padding: 5px 10px; }
QTreeView#tasks, QTreeView#comparison { padding-left: 8px; }
QTreeView#tasks::item, QTreeView#comparison::item { padding: 2px 0; }
QTreeView::item:selected { background: {selection}; color: {text}; }
QTreeView#tasks QHeaderView::section, QTreeView#comparison QHeaderView::section { background: {panel}; padding: 5px 3px; }
QMenu { background: {raised}; border: 1px solid {line}; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 14px; border-radius: 3px; }
QMenu::item:selected { background: {selection}; color: {text}; }
QMenu::separator { height: 1px; background: {line}; margin: 4px 6px; }
QAbstractScrollArea::corner { background: {window}; border: none; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 11px; }
QScrollBar:horizontal { height: 11px; }
QScrollBar::handle { background: {line}; border-radius: 3px; margin: 2px; min-width: 28px; min-height: 28px; }
QScrollBar::handle:hover { background: {faint}; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: {raised}; border: 1px solid {line}; border-radius: 4px; height: 8px; }
QProgressBar::chunk { background: {accent}; border-radius: 3px; }
#quiet { border: none; background: transparent; color: {accent}; padding: 3px 6px; border-radius: 3px; }
#start #quiet { padding-left: 0; }
#popup QListWidget { background: {raised}; }
#commands { background: {raised}; border: 1px solid {line}; }
#commands::item { padding: 4px 8px; }
#commands::item:selected { background: {selection}; color: {text}; }
#quiet:hover, #quiet:focus { background: {hover}; text-decoration: underline; }
#muted { color: {muted}; }
#error { color: {cause}; }
#popup { background: {raised}; border: 1px solid {line}; }
)";

QString filled(const Theme& t) {
    QString text = QString::fromLatin1(sheet);
    const std::pair<const char*, QColor> names[] = {
        {"{window}", t.window}, {"{panel}", t.panel},         {"{raised}", t.raised},
        {"{line}", t.line},     {"{selection}", t.selection}, {"{selection_idle}", t.selection_idle},
        {"{hover}", t.hover},   {"{text}", t.text},           {"{muted}", t.muted},
        {"{faint}", t.faint},   {"{accent}", t.accent},       {"{cause}", t.cause},
    };
    for (const auto& [name, colour] : names) text.replace(QLatin1String(name), css(colour));
    return text;
}

double luminance(const QColor& colour) {
    const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

}  // namespace

const Theme& theme() {
    return current;
}

void apply_theme(QApplication& app, Appearance appearance) {
    const bool dark = appearance == Appearance::dark || (appearance == Appearance::desktop && desktop_is_dark());
    current = dark ? dark_theme() : light_theme();
    QApplication::setStyle(new WidgetStyle);        // owned by the application from now on,
    QApplication::setPalette(palette_of(current));  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks) and no leak
    QApplication::setFont(ui_font());
    app.setStyleSheet(filled(current));
}

QFont ui_font() {
    QFont font = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    // DejaVu Sans, the font of a bare system, runs very wide; its condensed cut keeps the panels dense.
    if (QFontInfo(font).family() == "DejaVu Sans") font.setFamilies({"DejaVu Sans Condensed", "DejaVu Sans"});
    font.setPointSizeF(std::clamp(QFontInfo(font).pointSizeF(), 9.0, 16.0));
    return font;
}

QFont bold(QFont font) {
    font.setWeight(QFont::Bold);
    return font;
}

QFont small(QFont font) {
    font.setPointSizeF(font.pointSizeF() * 0.9);
    return font;
}

QFont mono_font() {
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setStyleHint(QFont::Monospace);
    font.setPointSizeF(ui_font().pointSizeF());
    return font;
}

QString css(const QColor& colour) {
    return colour.name(QColor::HexRgb);
}

double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

}  // namespace stallsight::gui
