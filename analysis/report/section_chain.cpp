#include "analysis/chain/chain_words.h"
#include "analysis/chain/chains.h"
#include "analysis/modules.h"
#include "analysis/report/sections.h"
#include "analysis/report/source_excerpt.h"
#include "analysis/report/svg.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

using Style = Span::Style;

Line what_it_did(const Chain& chain, std::size_t i) {
    const Link& link = chain.links[i];
    Line out;
    if (link.role == Link::Role::guilty) out.push_back({"◀ guilty", Style::bad, {}});
    std::string effect = link.effect;
    if (link.added > 0) effect = "+" + hex(static_cast<unsigned>(link.added)) + " " + effect;
    if (i == chain.end_link) effect = std::string(end_words(chain.ending));
    if (!effect.empty()) out.push_back({(out.empty() ? "" : " ") + effect, Style::plain, {}});
    return out;
}

Table ledger(const Analysis& analysis, const Chain& chain) {
    Table table{{"Frame", "What it did", "preempt_count", "How that is known", "Call", "Source"}, {}};
    for (std::size_t i = chain.disabled_link; i <= chain.end_link; ++i) {
        const Link& link = chain.links[i];
        const std::string proof = link.proof.empty()   ? link.basis
                                  : link.basis.empty() ? link.proof
                                                       : link.proof + ": " + link.basis;
        const std::string source = link.file.empty() ? "" : link.file + ":" + std::to_string(link.line);
        table.rows.push_back({"",
                              {styled(Style::code, owned_name(analysis, chain, link)), what_it_did(chain, i),
                               plain(hex(link.count_after)), plain(proof), plain(link.call_site), plain(source)}});
    }
    return table;
}

void add_chain(const Analysis& analysis, const Chain& chain, const std::string& heading, std::vector<Block>& out) {
    out.emplace_back(Heading{heading});
    out.emplace_back(Figure{chain_svg(analysis, chain), ""});
    out.emplace_back(ledger(analysis, chain));
    if (!chain.unchecked.empty()) out.emplace_back(Paragraph{styled(Style::aside, chain.unchecked)});
    for (Block& block : chain_sources(analysis, chain)) out.push_back(std::move(block));
}

}  // namespace

std::vector<Block> chain_section(const ReportInput& in) {
    std::vector<Block> out;
    const std::vector<const Chain*> of_reports = in.analysis.first_chains();
    for (const Chain* chain : of_reports) {
        const EventInfo* event = in.analysis.event(chain->event);
        add_chain(in.analysis, *chain, event != nullptr ? event->title : chain->event, out);
    }
    for (const MemoryChain& alone : chains_of_memory_alone(in.analysis, of_reports))
        add_chain(in.analysis, *alone.chain, alone.of, out);
    return out;
}

std::vector<Block> locks_section(const ReportInput& in) {
    std::vector<Block> out;
    for (const auto& [event, cycle] : first_lock_cycles(in.analysis)) {
        out.emplace_back(Heading{event->title});
        out.emplace_back(Figure{lock_cycle_svg(cycle),
                                "Locks in the order that was seen before; dashed: what closes the cycle."});
    }
    return out;
}

}  // namespace stallsight
