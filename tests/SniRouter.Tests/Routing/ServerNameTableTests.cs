using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Zoneway.SniRouter.Routing;

namespace Zoneway.SniRouter.Tests.Routing;

public sealed class ServerNameTableTests
{
    [Theory]
    [InlineData("backend{mesh=default,version=v1}")]
    [InlineData("BACKEND{mesh=Default,version=v1}")]
    [InlineData("a.b")]
    [InlineData("sni.msvc.prod.east.ns.orders.http")]
    [InlineData("/")]
    [InlineData("ünïcode")]
    public void Find_ExactName_InAnyCase(string name)
    {
        string configured = string.Concat(name.Select(each => char.IsAsciiLetterLower(each) ? char.ToUpperInvariant(each) : each));
        var table = Table(configured, "b", "b.a", "*.c");

        Assert.Equal(configured, Find(table, name));
    }

    [Theory]
    [InlineData("www.example.org", "www.example.org")]
    [InlineData("a.www.example.org", "*.www.example.org")]
    [InlineData("b.a.www.example.org", "*.www.example.org")]
    [InlineData("mail.example.org", "*.example.org")]
    [InlineData("example.org", "*.org")]
    [InlineData("Example.ORG", "*.org")]
    [InlineData("org", null)]
    [InlineData(".org", null)]
    [InlineData("a.org.", null)]
    [InlineData("example.com", null)]
    [InlineData("xexample.org", "*.org")]
    [InlineData("x..org", "*.org")]
    [InlineData("..org", "*.org")]
    public void Find_Wildcards_LongestFirstAndNeverTheBareSuffix(string name, string? expected)
    {
        var table = Table("*.org", "www.example.org", "*.example.org", "*.www.example.org");

        Assert.Equal(expected, Find(table, name));
    }

    [Fact]
    public void Find_OnlyWildcards_ShortAndLongNames()
    {
        var table = Table("*.a");

        Assert.Equal("*.a", Find(table, "x.a"));
        Assert.Equal("*.a", Find(table, new string('x', 60_000) + ".a"));
        Assert.Null(Find(table, "a"));
        Assert.Null(Find(table, ".a"));
        Assert.Null(Find(table, "xa"));
        Assert.Null(Find(table, "*.b"));
    }

    [Fact]
    public void Find_NameThatLooksLikeAWildcard_IsOpaque()
    {
        var table = Table("*", "a*.b", "*.b");

        Assert.Equal("*", Find(table, "*"));
        Assert.Equal("a*.b", Find(table, "a*.b"));
        Assert.Equal("*.b", Find(table, "*.b"));
        Assert.Null(Find(table, "x"));
    }

    [Fact]
    public void Find_NothingMatches_CatchAll()
    {
        var table = Table("a", "*.b");
        table.CatchAll = "catch-all";

        Assert.Equal("catch-all", Find(table, "c"));
        Assert.Equal("catch-all", Find(table, ""));
        Assert.Equal("catch-all", Find(table, new string('.', 16_000)));
    }

    [Fact]
    public void Find_BytesThatAreNoText_AreComparedAsTheyAre()
    {
        var table = Table("a");

        Assert.Null(table.Find([0x00]));
        Assert.Null(table.Find([0xFF, 0xFE]));
        Assert.Null(table.Find([(byte)'a', 0x00]));
        // Only A to Z have a lower case: the bytes beside them do not.
        Assert.Null(Find(Table("@[`{"), "`{@["));
        Assert.Equal("@[`{", Find(Table("@[`{"), "@[`{"));
    }

    [Fact]
    public void GetOrAdd_SameNameInAnotherCase_SameEntry()
    {
        var table = new ServerNameTable<string>();

        string first = table.GetOrAdd("A.b", static () => "first");
        string second = table.GetOrAdd("a.B", static () => "second");

        Assert.Equal(("first", "first", 1), (first, second, table.Count));
    }

    [Fact]
    public void Find_AgreesWithTheRulesSpelledOut()
    {
        var label = Gen.Elements("a", "b", "cc", "");
        var name = label.NonEmptyListOf().Select(labels => string.Join('.', labels.Take(5)));
        var configured = Gen.OneOf(name, name.Select(each => "*." + each)).Where(each => each.Length > 0).ArrayOf();

        Prop.ForAll(configured.ToArbitrary(), name.ToArbitrary(), (names, wanted) =>
        {
            string? expected = names.Contains(wanted) && !wanted.StartsWith("*.", StringComparison.Ordinal)
                ? wanted
                : names.Where(each => each.StartsWith("*.", StringComparison.Ordinal) && wanted.Length >= each.Length && wanted.EndsWith(each[1..], StringComparison.Ordinal))
                    .MaxBy(each => each.Length);

            Assert.Equal(expected, Find(Table(names), wanted));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Find_HugeNameFullOfDots_CostsNoMoreThanTheLongestConfiguredOne()
    {
        var table = Table("*.example.org", "www.example.org");
        byte[] dots = [.. Enumerable.Repeat((byte)'.', 16_384)];
        table.Find(dots);

        // Looking at every dot would hash 16,384 suffixes of 8 KiB each on average: minutes for these.
        long start = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < 10_000; i++)
        {
            Assert.Null(table.Find(dots));
        }

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Find_TenThousandNames_EachIsFound()
    {
        string[] names = [.. Enumerable.Range(0, 10_000).Select(i => i % 10 == 0 ? $"*.zone-{i}.mesh" : $"service-{i}{{mesh=default}}")];
        var table = Table(names);

        Assert.Equal(10_000, table.Count);
        Assert.All(names, name => Assert.Equal(name, Find(table, name.Replace("*", "any", StringComparison.Ordinal))));
    }

    [Fact]
    public void Find_AllocatesNothing()
    {
        var table = Table("backend{mesh=default}", "*.example.org");
        byte[][] names = [.. new[] { "backend{mesh=default}", "BACKEND{MESH=DEFAULT}", "a.b.example.org", "nobody", "", new string('.', 16_000) }.Select(Encoding.ASCII.GetBytes)];
        Find();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Find();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Find()
        {
            foreach (byte[] name in names)
            {
                table.Find(name);
            }
        }
    }

    private static ServerNameTable<string> Table(params string[] names)
    {
        var table = new ServerNameTable<string>();
        foreach (string name in names)
        {
            table.GetOrAdd(name, () => name);
        }

        return table;
    }

    private static string? Find(ServerNameTable<string> table, string name) => table.Find(Encoding.UTF8.GetBytes(name));
}
