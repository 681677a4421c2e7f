"""tools/release.d/sbom.py VERSION COMMIT FOLDER: writes what the released programs are made of, as SPDX 2.3 in JSON, to standard output.

Packages with their hashes come from the lock file, the runtime's from what the build used (ILC version), libraries linked from Debian's packages from
artifacts/native/SOURCES. FOLDER holds the programs. The same input gives the same text; the time is SOURCE_DATE_EPOCH.
"""
import base64
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys

LOCK = "src/Dna.Fast/packages.lock.json"
CLIENT_LOCK = "tools/release.d/clients/packages.lock.json"
SOURCES = "artifacts/native/SOURCES"
# Their code is in every program, linked from the compiler's own package; the lock file does not name them.
RUNTIME = ["Microsoft.NETCore.App", "Microsoft.AspNetCore.App"]
# Of packages that carry their license as a text, as it was read.
TEXTS = {"BitFaster.Caching": "MIT"}
LICENSES = {"libsodium-dev": "ISC", "libssl-dev": "Apache-2.0", "libc6-dev": "LGPL-2.1-or-later", "libgcc-12-dev": "GPL-3.0-only WITH GCC-exception-3.1"}


def identifier(text):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", text)


def package(name, version, purl, license_text="NOASSERTION", checksum=None):
    entry = {
        "SPDXID": identifier(f"Package-{name}-{version}"),
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": license_text,
        "copyrightText": "NOASSERTION",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}],
    }
    if checksum:
        entry["checksums"] = [checksum]
    return entry


def nuget_license(name, version):
    """What the package says of itself: an SPDX expression, or a text that is known here. Anything else must be read by a person first."""
    folder = os.environ.get("NUGET_PACKAGES") or os.path.join(os.path.expanduser("~"), ".nuget", "packages")
    path = os.path.join(folder, name.lower(), version.lower(), name.lower() + ".nuspec")
    try:
        with open(path, encoding="utf-8-sig") as file:
            found = re.search(r'<license type="expression">([^<]+)</license>', file.read())
    except OSError:
        found = None
    if found:
        return found.group(1).strip()
    if name not in TEXTS:
        sys.exit(f"sbom.py: what is the license of {name} {version}? Read it, and name it in TEXTS.")
    return TEXTS[name]


def nuget_packages():
    entries = {}
    for path in [LOCK, CLIENT_LOCK]:
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as file:
            lock = json.load(file)
        for packages in lock["dependencies"].values():
            for name, said in packages.items():
                # The compiler and the trimmer are tools: nothing of them is shipped under their own name.
                if said["type"] == "Project" or name.startswith("Microsoft.DotNet.ILCompiler") or name == "Microsoft.NET.ILLink.Tasks":
                    continue
                digest = base64.b64decode(said["contentHash"]).hex()
                version = said["resolved"]
                entries[name, version] = package(
                    name, version, f"pkg:nuget/{name}@{version}", nuget_license(name, version), {"algorithm": "SHA512", "checksumValue": digest})
    return list(entries.values())


def runtime_packages():
    with open(LOCK, encoding="utf-8") as file:
        lock = json.load(file)
    version = next(said["resolved"] for packages in lock["dependencies"].values() for name, said in packages.items() if name == "Microsoft.DotNet.ILCompiler")
    return [package(name, version, f"pkg:nuget/{name}.Runtime@{version}", "MIT") for name in RUNTIME]


def debian_packages():
    entries = []
    with open(SOURCES, encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                continue
            checksum, deb = line.split()
            name, version, architecture = deb.removesuffix(".deb").split("_")
            entries.append(debian(name, version.replace("%3a", ":"), architecture, {"algorithm": "SHA256", "checksumValue": checksum}))
    # The C library and the compiler's own, as they are installed here.
    for name in ["libc6-dev", "libc6-dev-arm64-cross", "libgcc-12-dev", "libgcc-12-dev-arm64-cross"]:
        found = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True, check=False)
        if found.returncode == 0 and found.stdout:
            entries.append(debian(name, found.stdout, "arm64" if "arm64" in name else "amd64", None))
    return entries


def debian(name, version, architecture, checksum):
    entry = package(name, version, f"pkg:deb/debian/{name}@{version}?arch={architecture}", LICENSES.get(name.replace("-arm64-cross", ""), "NOASSERTION"), checksum)
    entry["SPDXID"] = identifier(f"Package-{name}-{version}-{architecture}")
    return entry


def main():
    version, commit, folder = sys.argv[1:]
    packages = sorted(nuget_packages() + runtime_packages() + debian_packages(), key=lambda entry: entry["SPDXID"])
    program = package("dna", version, f"pkg:generic/dna@{version}", "MIT")
    program["sourceInfo"] = f"commit {commit}"
    program["SPDXID"] = "SPDXRef-Package-dna"
    files = []
    for name in sorted(os.listdir(folder)):
        if not re.match(rf"dna-{re.escape(version)}-(linux|win|osx)-", name):
            continue
        with open(os.path.join(folder, name), "rb") as file:
            content = file.read()
        files.append({
            "SPDXID": identifier("File-" + name),
            "fileName": "./" + name,
            "fileTypes": ["BINARY"],
            "checksums": [{"algorithm": kind.upper(), "checksumValue": hashlib.new(kind, content).hexdigest()} for kind in ["sha1", "sha256"]],
            "licenseConcluded": "NOASSERTION",
            "copyrightText": "NOASSERTION",
        })
    relationships = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": program["SPDXID"]}]
    relationships += [{"spdxElementId": program["SPDXID"], "relationshipType": "GENERATES", "relatedSpdxElement": file["SPDXID"]} for file in files]
    relationships += [{"spdxElementId": entry["SPDXID"], "relationshipType": "DEPENDENCY_OF", "relatedSpdxElement": program["SPDXID"]} for entry in packages]
    body = {"packages": [program] + packages, "files": files, "relationships": relationships}
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    created = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"dna-{version}",
        # Names this document and no other: it need not be an address.
        "documentNamespace": f"https://spdx.org/spdxdocs/dna-{version}-{digest}",
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: tools/release"]},
    }
    json.dump(document | body, sys.stdout, indent=1, ensure_ascii=False)
    print()


main()
