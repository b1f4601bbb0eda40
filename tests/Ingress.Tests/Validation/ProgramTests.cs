using System.Text.Json;
using Zoneway.Ingress.Tests.Settings;
using Zoneway.TestUtilities;

namespace Zoneway.Ingress.Tests.Validation;

/// <summary><c>zone-ingress validate</c> as a program of its own.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0, "clusters: [{name: c, type: EDS, edsClusterConfig: {edsConfig: {ads: {}, resourceApiVersion: V3}}}]")]
    [InlineData(1, "clusters: [{name: c, type: EDS}, {name: c, type: EDS}]")]
    [InlineData(2, "type: Dataplane")]
    public async Task Validate_EndsWithTheDocumentedCode(int expected, string text)
    {
        var (code, _) = await RunAsync("validate", _directory.Write("file.yaml", text));

        Assert.Equal(expected, code);
    }

    [Fact]
    public async Task Validate_AsJson_PrintsNothingElse()
    {
        var (code, output) = await RunAsync("validate", "--format", "json", _directory.Write("file.yaml", "resources: []"));

        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(0, json.RootElement.GetProperty("listeners").GetArrayLength());
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("validate", "--format", "xml", "file")]
    [InlineData("validate", "--no-such-flag", "file")]
    public async Task Validate_WrongFlags_EndsWithCodeTwo(params string[] arguments) => Assert.Equal(2, (await RunAsync(arguments)).Code);

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using var program = ChildProgram.Start(Environment.ProcessPath!, ["exec", Path.Combine(AppContext.BaseDirectory, "zone-ingress.dll"), .. arguments]);
        var code = await program.FinishAsync();
        return (code, program.Output);
    }
}
