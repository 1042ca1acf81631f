# Sourced by ./dev: installs the packages that are missing, and builds KSyntaxHighlighting where the
# distribution has it only for Qt 5 (Debian 12). Done once, it costs a fraction of a second.

packages=(g++ cmake ninja-build ccache pkg-config python3 xz-utils zstd bzip2
    qt6-base-dev qt6-svg-dev libqcustomplot-dev libqpdf-dev libgl-dev fonts-dejavu-core
    libdw-dev libelf-dev libdebuginfod-dev libcapstone-dev libxxhash-dev libkdumpfile-dev libarchive-dev zlib1g-dev libvectorscan-dev libssl-dev
    nlohmann-json3-dev rapidjson-dev libcli11-dev libexpected-dev libboost-dev
    libgtest-dev libgmock-dev libbenchmark-dev tidy poppler-utils)
lint_packages=(clang-format clang-tidy)
fuzz_packages=(clang libclang-rt-dev)
ksyntax_version=5.116.0
ksyntax_build_packages=(extra-cmake-modules qt6-tools-dev qt6-l10n-tools qt6-tools-dev-tools dpkg-dev perl)

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

installed() {
    dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q '^install ok installed$'
}

install_packages() {
    local missing=() name
    for name in "$@"; do installed "$name" || missing+=("$name"); done
    [ ${#missing[@]} = 0 ] && return
    echo "dev: installing ${missing[*]}" >&2
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# KF6SyntaxHighlighting is a package from Debian 13 on. Before that, the last release that builds against
# both Qt 5 and Qt 6 is compiled from Debian's own source package into the user's cache.
ensure_ksyntaxhighlighting() {
    installed libkf6syntaxhighlighting-dev && return
    [ -f "$deps/ksyntaxhighlighting-$ksyntax_version/done" ] && return
    if apt-cache show libkf6syntaxhighlighting-dev >/dev/null 2>&1; then
        install_packages libkf6syntaxhighlighting-dev
        return
    fi
    install_packages "${ksyntax_build_packages[@]}"
    build_ksyntaxhighlighting
}

# The Debian mirror that this machine itself is set to.
debian_mirror() {
    apt-get indextargets --format '$(SITE) $(ORIGIN)' 'Created-By: Packages' |
        awk '$2 == "Debian" && $1 !~ /security/ { print $1; exit }'
}

build_ksyntaxhighlighting() {
    local work prefix=$deps/ksyntaxhighlighting-$ksyntax_version mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "dev: building KSyntaxHighlighting $ksyntax_version for Qt 6 (once)" >&2
    mirror=$(debian_mirror)
    work=$(mktemp -d)
    mkdir -p "$work/lists/partial" "$work/source.d"
    echo "deb-src [signed-by=$keyring] $mirror trixie main" >"$work/sources.list"
    local apt=(-o "Dir::Etc::SourceList=$work/sources.list" -o "Dir::Etc::SourceParts=$work/source.d"
        -o "Dir::State::Lists=$work/lists" -o APT::Sandbox::User=root)
    (
        cd "$work"
        apt-get "${apt[@]}" update -qq
        apt-get "${apt[@]}" source -qq --download-only --tar-only ksyntax-highlighting
        mkdir src
        tar xf ./*.orig.tar.* -C src --strip-components=1
        sed -i 's/find_package(ECM 5\.116\.0/find_package(ECM 5.103.0/' src/CMakeLists.txt
        cmake -S src -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_WITH_QT6=ON -DBUILD_TESTING=OFF \
            -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_DISABLE_FIND_PACKAGE_XercesC=ON >configure.log 2>&1 ||
            { cat configure.log >&2; exit 1; }
        cmake --build build >build.log 2>&1 || { tail -50 build.log >&2; exit 1; }
        cmake --install build >/dev/null
    )
    touch "$prefix/done"
    rm -rf "$work"
}

setup() {
    install_packages "${packages[@]}"
    case ${1:-} in
    lint) install_packages "${lint_packages[@]}" ;;
    fuzz) install_packages "${fuzz_packages[@]}" ;;
    esac
    ensure_ksyntaxhighlighting
    export STALLSIGHT_DEPS=$deps
}
