#include "app/gui/report/pdf_outline.h"

#define POINTERHOLDER_TRANSITION 4  // qpdf 11: std::shared_ptr everywhere

#include <algorithm>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

namespace stallsight::gui {

namespace {

using Handle = QPDFObjectHandle;

// PDF 1.7, 12.3.3: a tree of items, each linked to its parent and its neighbours.
class Outline {
public:
    Outline(QPDF& pdf, const std::vector<OutlineEntry>& entries)
        : pdf_(pdf), entries_(entries), pages_(QPDFPageDocumentHelper(pdf).getAllPages()) {}

    void add() {
        Handle root = pdf_.makeIndirectObject(Handle::parse("<< /Type /Outlines >>"));
        add_children(root, 0, entries_.size());
        pdf_.getRoot().replaceKey("/Outlines", root);
        pdf_.getRoot().replaceKey("/PageMode", Handle::newName("/UseOutlines"));
    }

private:
    // Entries [begin, end) under `parent`: those of the first one's level, each with the deeper ones behind it.
    void add_children(Handle parent, std::size_t begin, std::size_t end) {
        Handle last = Handle::newNull();
        int count = 0;
        while (begin < end) {
            const int level = entries_[begin].level;
            std::size_t next = begin + 1;
            while (next < end && entries_[next].level > level) ++next;
            Handle item = item_of(entries_[begin]);
            item.replaceKey("/Parent", parent);
            if (last.isNull()) {
                parent.replaceKey("/First", item);
            } else {
                item.replaceKey("/Prev", last);
                last.replaceKey("/Next", item);
            }
            add_children(item, begin + 1, next);
            last = item;
            begin = next;
            ++count;
        }
        if (count == 0) return;
        parent.replaceKey("/Last", last);
        parent.replaceKey("/Count", Handle::newInteger(count));
    }

    Handle item_of(const OutlineEntry& entry) {
        const auto page = std::min<std::size_t>(static_cast<std::size_t>(entry.page), pages_.size() - 1);
        Handle item = pdf_.makeIndirectObject(Handle::newDictionary());
        item.replaceKey("/Title", Handle::newUnicodeString(entry.title));
        item.replaceKey(
            "/Dest", Handle::newArray({pages_[page].getObjectHandle(), Handle::newName("/XYZ"), Handle::newNull(),
                                       Handle::newReal(entry.top, 1), Handle::newNull()}));
        return item;
    }

    QPDF& pdf_;
    const std::vector<OutlineEntry>& entries_;
    std::vector<QPDFPageObjectHelper> pages_;
};

}  // namespace

std::string with_outline(const std::string& pdf, const std::vector<OutlineEntry>& entries) try {
    QPDF document;
    document.processMemoryFile("report", pdf.data(), pdf.size());
    if (!entries.empty()) Outline(document, entries).add();
    if (Handle about = document.getTrailer().getKey("/Info"); about.isDictionary())
        about.removeKey("/CreationDate");
    QPDFWriter writer(document);
    writer.setOutputMemory();
    writer.setDeterministicID(true);
    writer.write();
    const std::shared_ptr<Buffer> bytes = writer.getBufferSharedPointer();
    return {reinterpret_cast<const char*>(bytes->getBuffer()), bytes->getSize()};
} catch (const QPDFExc&) {
    return {};
}

}  // namespace stallsight::gui
