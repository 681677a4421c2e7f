namespace Dna.Fast.Layout.Tests;

/// <summary>Who may know whom: src/README.md draws it, and this is that drawing.</summary>
public sealed class ProjectGraphTests
{
    private static readonly Dictionary<string, string[]> House = new()
    {
        ["Dna.Fast.Wire"] = [],
        ["Dna.Fast.Kademlia"] = ["Dna.Fast.Wire"],
        ["Dna.Fast.Net"] = ["Dna.Fast.Kademlia"],
        ["Dna.Fast.Storage"] = ["Dna.Fast.Kademlia"],
        ["Dna.Fast.Identity"] = ["Dna.Fast.Kademlia"],
        ["Dna.Fast.Messenger"] = ["Dna.Fast.Kademlia"],
        ["Dna.Fast"] = ["Dna.Fast.Net", "Dna.Fast.Storage", "Dna.Fast.Identity", "Dna.Fast.Messenger"],
    };

    [Fact]
    public void The_projects_know_each_other_as_the_house_plan_says()
    {
        ProjectFile[] source = [.. Repository.Projects.Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal))];
        Assert.Equal(House.Keys.Order(), source.Select(project => project.Name).Order());
        foreach (ProjectFile project in source) Assert.Equal(House[project.Name].Order(), project.References.Order());
    }

    [Fact]
    public void No_project_knows_itself_over_others()
    {
        foreach (ProjectFile project in Repository.Projects) Assert.DoesNotContain(project.Name, Reachable(project.Name));
    }

    [Fact]
    public void Nothing_in_src_knows_tests_perf_or_tools()
    {
        HashSet<string> outside = [.. Repository.Projects.Where(project => !project.Path.StartsWith("src/", StringComparison.Ordinal)).Select(project => project.Name)];
        foreach (string name in House.Keys) Assert.Empty(Reachable(name).Intersect(outside));
    }

    [Fact]
    public void Every_source_project_has_its_tests()
    {
        foreach (string name in House.Keys) Assert.Contains($"tests/{name}.Tests/{name}.Tests.csproj", Repository.Files);
    }

    [Fact]
    public void Every_project_is_in_the_solution_and_has_a_committed_lock_file()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "Dna.Fast.sln"));
        foreach (ProjectFile project in Repository.Projects)
        {
            // Those of tools are no part of every build: the clients would fetch the runtimes of other systems.
            if (!project.Path.StartsWith("tools/", StringComparison.Ordinal))
                Assert.Contains(project.Path.Replace('/', '\\'), solution.Replace('/', '\\'), StringComparison.Ordinal);
            Assert.Contains(Path.GetDirectoryName(project.Path)!.Replace('\\', '/') + "/packages.lock.json", Repository.Files);
        }
    }

    [Fact]
    public void The_core_has_no_packages()
    {
        foreach (string name in (string[])["Dna.Fast.Wire", "Dna.Fast.Kademlia"])
            Assert.DoesNotContain("PackageReference", File.ReadAllText(Path.Combine(Repository.Root, "src", name, name + ".csproj")), StringComparison.Ordinal);
    }

    private static HashSet<string> Reachable(string name)
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>(Direct(name));
        while (open.TryDequeue(out string? next))
        {
            if (!reached.Add(next)) continue;
            foreach (string further in Direct(next)) open.Enqueue(further);
        }

        return reached;
    }

    private static IReadOnlyList<string> Direct(string name) => Repository.Projects.Single(project => project.Name == name).References;
}
