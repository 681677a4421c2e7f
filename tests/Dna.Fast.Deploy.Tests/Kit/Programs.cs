using Dna.Fast.Interop.Tests.Harness;

namespace Dna.Fast.Deploy.Tests.Kit;

/// <summary>Versions of the program: the real one, another good one, and ones that fail as programs do.</summary>
internal static class Programs
{
    public static string Good
    {
        get
        {
            if (!File.Exists(DnaBinary.Path)) throw new InvalidOperationException($"The node under test is not at '{DnaBinary.Path}'. {DnaBinary.Install}");
            return DnaBinary.Path;
        }
    }

    /// <summary>The same program with another checksum: a byte behind its end, which nobody reads.</summary>
    public static async Task<string> BetterAsync(Lab lab)
    {
        string path = lab.File("better");
        File.Copy(Good, path);
        await File.AppendAllTextAsync(path, "+");
        return path;
    }

    /// <summary>Not our program at all.</summary>
    public static Task<string> ForeignAsync(Lab lab) => WriteAsync(lab, "foreign", "echo hello");

    /// <summary>Ends as soon as it is to run.</summary>
    public static Task<string> DyingAsync(Lab lab) => OursButAsync(lab, "dying", "exit 3");

    /// <summary>Runs, and finds nobody: it speaks another network's language.</summary>
    public static Task<string> DeafAsync(Lab lab) => OursButAsync(lab, "deaf", "set -- \"$@\" --network 7 --bootstrap 10.77.0.99");

    /// <summary>Runs, and has forgotten what its predecessor knew.</summary>
    public static Task<string> ForgetfulAsync(Lab lab) => OursButAsync(lab, "forgetful", "rm -rf /var/lib/dna/store");

    /// <summary>A <c>--via</c> whose connection ends as soon as an installation begins, which goes on without it.</summary>
    public static async Task<string> LossyViaAsync(Lab lab)
    {
        string path = await WriteAsync(lab, "lossy", $"case \"$2\" in *\"/install'\"*) setsid {lab.Enter} \"$1\" \"$2\" </dev/null >/dev/null 2>&1 & exit 255 ;; esac\nexec {lab.Enter} \"$1\" \"$2\"");
        return $"sh {path} {{host}}";
    }

    private static Task<string> OursButAsync(Lab lab, string name, string atRun) => WriteAsync(lab, name, $"[ \"$1\" != run ] || {{ {atRun}; }}\nexec {Good} \"$@\"");

    private static async Task<string> WriteAsync(Lab lab, string name, string script)
    {
        string path = lab.File(name);
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n{script}\n");
        return path;
    }
}
