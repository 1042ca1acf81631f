// Which function a line of C begins: for hunk headings and for the context lines of a hunk.
#pragma once

#include <string>
#include <string_view>

namespace stallsight {

// "static bool nokia_rpmsg_notify(struct vi" -> "nokia_rpmsg_notify"; "struct vproc {" -> "".
// "SYSCALL_DEFINE3(read, ..." gives "sys_read". Diff tools cut a heading (GNU diff at 40, git at 80 bytes): one
// of just that length may end inside the name, before its parenthesis.
std::string function_of_heading(std::string_view heading);

// The same for a line of source, which is whole, and which begins a function only when it is not indented.
std::string function_begun_by(std::string_view source_line);

}  // namespace stallsight
