#include "parsers/records/decode.h"

#include <array>

namespace stallsight {

Result<std::optional<RewrittenLog>> decode_log(std::string_view text, const Progress& progress) {
    static constexpr std::array forms = {&utf16_form,           &journal_json_form, &journal_export_form,
                                         &journal_verbose_form, &dmesg_json_form,   &pstore_form,
                                         &colours_form};
    for (const LogForm* form : forms) {
        std::vector<Piece> pieces = form->pieces(text);
        if (pieces.empty()) continue;
        auto log = RewrittenLog::write(text, std::move(pieces), form->rewrite, progress);
        if (!log) return tl::unexpected(log.error());
        return std::optional(std::move(*log));
    }
    return std::optional<RewrittenLog>();
}

}  // namespace stallsight
