using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Release.Tests;

/// <summary>The .deb: what is in it, and what its installation, upgrade, removal and purge do to a system.</summary>
/// <remarks>The system is this machine's, behind an overlay in a mount namespace: dpkg does its real work, and nothing of it stays.</remarks>
public sealed class PackageTests(UnpackedDeb deb) : IClassFixture<UnpackedDeb>
{
    /// <summary>The root of the overlay is in $root when the script runs; what service managers would be told is in its /calls.</summary>
    private const string Overlay = """
        mount --make-rprivate /
        mount -t tmpfs tmpfs "$2"
        mkdir "$2/upper" "$2/work" "$2/root"
        mount -t overlay overlay -o "lowerdir=/,upperdir=$2/upper,workdir=$2/work" "$2/root"
        root=$2/root
        cp "$1" "$root/dna.deb"
        mount -t proc proc "$root/proc"
        mount -t tmpfs tmpfs "$root/run"
        mkdir -p "$root/run/systemd/system"
        for stub in systemctl deb-systemd-invoke; do
            rm -f "$root/usr/bin/$stub"
            printf '#!/bin/sh\necho "%s $*" >>/calls\n' $stub >"$root/usr/bin/$stub"
            chmod 755 "$root/usr/bin/$stub"
        done
        touch "$root/calls"
        # Nobody reads manuals here, and memory needs no sync: dpkg does what it does, sooner.
        printf 'no-triggers\nforce-unsafe-io\n' >"$root/etc/dpkg/dpkg.cfg.d/test"
        # of_before: a package of an older version, with another sample, in /older.deb.
        of_before() {
            dpkg-deb --raw-extract "$1" "$2/older"
            sed -i 's/^Version: .*/Version: 0.0.1/' "$2/older/DEBIAN/control"
            echo '# sample of before' >"$2/older/etc/dna/dna.toml"
            dpkg-deb --root-owner-group -Znone --build "$2/older" "$root/older.deb" >/dev/null
        }
        in_root() { chroot "$root" "$@"; }
        here() { [ -e "$root$1" ] || { echo "$1 is not there"; exit 1; }; }
        gone() { [ ! -e "$root$1" ] || { echo "$1 is still there"; exit 1; }; }

        """;

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public async Task It_holds_what_a_node_needs_and_nothing_else(string architecture)
    {
        Ended list = await Tool.SucceedAsync("dpkg-deb", "--contents", Released.Deb(architecture));
        string[][] entries = [.. list.Output.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        Assert.All(entries, entry => Assert.Equal("root/root", entry[1]));
        Assert.Equal(
            [
                "./etc/dna/dna.toml", "./usr/bin/dna", "./usr/lib/systemd/system/dna.service", "./usr/share/bash-completion/completions/dna", "./usr/share/doc/dna/METRICS.md",
                "./usr/share/doc/dna/changelog.gz", "./usr/share/doc/dna/copyright", "./usr/share/doc/dna/examples/grafana/dna.json",
                "./usr/share/doc/dna/examples/prometheus/alerts.yml", "./usr/share/doc/dna/examples/prometheus/scrape.yml",
                "./usr/share/fish/vendor_completions.d/dna.fish", "./usr/share/man/man1/dna.1.gz", "./usr/share/man/man5/dna.toml.5.gz", "./usr/share/zsh/vendor-completions/_dna",
            ],
            entries.Where(entry => !entry[5].EndsWith('/')).Select(entry => entry[5]).Order(StringComparer.Ordinal));
        Assert.All(entries, entry => Assert.Equal(entry[5].EndsWith('/') ? "drwxr-xr-x" : entry[5] == "./usr/bin/dna" ? "-rwxr-xr-x" : "-rw-r--r--", entry[0]));
        Assert.Equal(architecture, (await Tool.SucceedAsync("dpkg-deb", "--field", Released.Deb(architecture), "Architecture")).Text);
        Assert.Equal(Released.Version, (await Tool.SucceedAsync("dpkg-deb", "--field", Released.Deb(architecture), "Version")).Text);
    }

    [Fact]
    public async Task Its_configuration_is_the_sample_and_the_program_takes_it()
    {
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tools", "deploy", "dna.toml")), await File.ReadAllTextAsync(deb.File("etc/dna/dna.toml")));
        await Tool.SucceedAsync(deb.File("usr/bin/dna"), "check", "--config", deb.File("etc/dna/dna.toml"));
        Assert.Equal("/etc/dna/dna.toml\n", await File.ReadAllTextAsync(deb.File("DEBIAN/conffiles")));
    }

    [Fact]
    public async Task Installed_it_makes_user_and_folder_once_and_starts_nothing() => await InOverlayAsync("""
        in_root dpkg -i /dna.deb
        [ "$(in_root stat -c '%U:%G %a' /var/lib/dna)" = 'dna:dna 700' ]
        in_root getent passwd dna | grep -q ':/var/lib/dna:/usr/sbin/nologin$'
        [ "$(in_root id -u dna)" -lt 1000 ]
        in_root dna --version
        before=$(in_root id dna; cat "$root/etc/passwd" "$root/etc/group")
        in_root dpkg -i /dna.deb
        [ "$before" = "$(in_root id dna; cat "$root/etc/passwd" "$root/etc/group")" ]
        # The second installation counts as an upgrade: a running node is restarted, one that does not run is not started.
        grep -qx 'deb-systemd-invoke try-restart dna.service' "$root/calls"
        ! grep -qE '(^| )(start|enable|restart)( |$)' "$root/calls"
        """);

    [Fact]
    public async Task Upgraded_it_keeps_a_configuration_that_was_changed() => await InOverlayAsync("""
        in_root dpkg -i /dna.deb
        echo '[network]' >"$root/etc/dna/dna.toml"
        echo value >"$root/var/lib/dna/value"
        in_root dpkg -i /dna.deb </dev/null
        [ "$(cat "$root/etc/dna/dna.toml")" = '[network]' ]
        here /var/lib/dna/value
        """);

    [Fact]
    public async Task A_newer_version_takes_the_place_of_an_older_one_and_asks_nobody() => await InOverlayAsync("""
        of_before "$1" "$2"
        in_root dpkg -i /older.deb
        echo value >"$root/var/lib/dna/value"
        in_root dpkg -i --force-confold /dna.deb </dev/null
        # Nobody changed the sample of before: the new one is in its place.
        ! grep -q 'sample of before' "$root/etc/dna/dna.toml"
        grep -qx 'deb-systemd-invoke try-restart dna.service' "$root/calls"
        here /var/lib/dna/value
        in_root dpkg --purge dna
        in_root dpkg -i /older.deb
        echo '[network]' >"$root/etc/dna/dna.toml"
        in_root dpkg -i --force-confold /dna.deb </dev/null
        [ "$(cat "$root/etc/dna/dna.toml")" = '[network]' ]
        here /etc/dna/dna.toml.dpkg-dist
        [ "$(in_root dpkg-query -W -f '${db:Status-Status}' dna)" = installed ]
        """);

    [Fact]
    public async Task A_state_folder_that_is_a_disk_of_its_own_is_emptied_and_the_purge_succeeds() => await InOverlayAsync("""
        in_root dpkg -i /dna.deb
        mount -t tmpfs tmpfs "$root/var/lib/dna"
        echo value >"$root/var/lib/dna/value"
        in_root dpkg --purge dna 2>&1 | grep 'is empty, and could not be removed'
        gone /var/lib/dna/value
        ! in_root dpkg-query -W dna
        """);

    [Fact]
    public async Task Removed_it_stops_the_node_and_keeps_what_is_the_operators() => await InOverlayAsync("""
        in_root dpkg -i /dna.deb
        echo value >"$root/var/lib/dna/value"
        in_root dpkg --remove dna
        grep -qx 'deb-systemd-invoke stop dna.service' "$root/calls"
        gone /usr/bin/dna
        gone /usr/lib/systemd/system/dna.service
        here /etc/dna/dna.toml
        here /var/lib/dna/value
        in_root getent passwd dna
        in_root dpkg -i /dna.deb
        here /var/lib/dna/value
        """);

    [Fact]
    public async Task Purged_nothing_of_it_stays() => await InOverlayAsync("""
        before=$(cd "$root" && find etc usr var/lib -name '*dna*' ! -path 'var/lib/apt/*' ! -path 'var/lib/dpkg/*' | sort)
        in_root dpkg -i /dna.deb
        echo value >"$root/var/lib/dna/value"
        mkdir -p "$root/var/lib/dna-deploy/previous" "$root/etc/systemd/system/multi-user.target.wants"
        ln -s /usr/lib/systemd/system/dna.service "$root/etc/systemd/system/multi-user.target.wants/dna.service"
        in_root dpkg --purge dna
        [ "$before" = "$(cd "$root" && find etc usr var/lib -name '*dna*' ! -path 'var/lib/apt/*' ! -path 'var/lib/dpkg/*' | sort)" ]
        [ ! -L "$root/etc/systemd/system/multi-user.target.wants/dna.service" ]
        ! in_root getent passwd dna
        ! in_root getent group dna
        """);

    private static async Task InOverlayAsync(string script)
    {
        using var directory = new TestDirectory();
        await Tool.SucceedAsync("unshare", "--mount", "--", "bash", "-euo", "pipefail", "-c", Overlay + script, "bash", Released.Deb(), directory.FullName);
    }
}
