// Chains, and what their counts say.
#include <span>

#include "analysis/json_parts.h"
#include "analysis/modules.h"
#include "analysis/words.h"

namespace stallsight {

namespace {

// A function that jumped on is known by its name alone.
bool is_owned(const Link& link) {
    return !link.module.empty() || link.call_site != "tail call";
}

void write_link(JsonStream& out, const Analysis& analysis, const Artifact& log, const Link& link) {
    out.begin_object();
    out.member("function", link.function);
    out.member("module", link.module);
    out.member("effect", link.effect);
    out.member("proof", link.proof);
    out.member("file", link.file);
    out.member("line", link.line);
    out.member("added", link.added);
    out.member("count_after", hex(link.count_after, 8));
    out.member("basis", link.basis);
    out.member("call_site", link.call_site);
    out.member("locks", link.locks);
    out.key("owner");
    if (is_owned(link)) {
        out.value(name_of(owner_of(analysis, log, link.module)));
    } else {
        out.null();
    }
    out.end_object();
}

void write_count(JsonStream& out, const Chain& chain, const PreemptCount& c) {
    out.begin_object();
    out.member("raw", hex(c.raw, 8));
    out.member("preempt", c.preempt);
    out.member("softirq", c.softirq);
    out.member("softirq_disabled", c.softirq_disabled);
    out.member("serving_softirq", c.serving_softirq);
    out.member("hardirq", c.hardirq);
    out.member("nmi", c.nmi);
    out.member("preempt_active", c.preempt_active);
    out.member("context", c.context);
    out.member("of_memory", chain.count_of_memory);
    out.member("by_scheduler", chain.by_scheduler);
    out.member("unexplained", chain.unexplained);
    out.member("contradictory", chain.contradictory);
    out.end_object();
}

void write_check(JsonStream& out, const CountCheck& check) {
    out.begin_object();
    out.member("says", check.says);
    out.member("agrees", check.agrees);
    out.member("words", check.words);
    out.end_object();
}

void write_disabled_at(JsonStream& out, const Chain& chain) {
    out.begin_object();
    out.member("function", chain.disabled_at.function);
    out.member("offset", chain.disabled_at.offset);
    out.member("size", chain.disabled_at.size);
    out.member("module", chain.disabled_at.module);
    out.member("known", chain.disabled_known);
    out.end_object();
}

}  // namespace

void write_chain(JsonStream& out, const Analysis& analysis, const Chain& chain) {
    const Artifact& log = log_of(analysis, chain);
    const Link& guilty = chain.links[chain.guilty_link];
    const Link& slept = chain.links[chain.end_link];
    out.begin_object();
    out.member("event", chain.event);
    out.key("disabled_at");
    write_disabled_at(out, chain);
    out.member("ending", name_of(chain.ending));
    out.member("sentence", chain.sentence);
    out.key("slept_in");
    out.begin_object();
    out.member("function", slept.function);
    out.member("module", slept.module);
    out.end_object();
    out.key("culprit");
    out.begin_object();
    out.member("function", guilty.function);
    out.member("module", guilty.module);
    out.member("file", guilty.file);
    out.member("line", guilty.line);
    out.end_object();
    out.key("preempt_count");
    if (chain.count) {
        write_count(out, chain, *chain.count);
    } else {
        out.null();
    }
    write_list(out, "checks", chain.checks, [&](const CountCheck& check) { write_check(out, check); });
    out.member("contradiction", chain.contradiction);
    out.member("unchecked", chain.unchecked);
    const auto links =
        std::span(chain.links).subspan(chain.disabled_link, chain.end_link + 1 - chain.disabled_link);
    write_list(out, "links", links, [&](const Link& link) { write_link(out, analysis, log, link); });
    out.end_object();
}

}  // namespace stallsight
