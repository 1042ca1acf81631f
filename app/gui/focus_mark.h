// Where the keys go: the head of that part of the window, a panel's or a row of tabs, is underlined in the accent.
#pragma once

class QWidget;

namespace stallsight::gui {

// `head` has the property "keys" while `part`, or something in it, has the focus; the style sheet does the rest.
void mark_focus(const QWidget* part, QWidget* head);

}  // namespace stallsight::gui
