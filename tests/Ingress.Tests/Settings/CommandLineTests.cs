using Zoneway.Hosting.CommandLine;
using Zoneway.Hosting.Settings;

namespace Zoneway.Ingress.Tests.Settings;

public class CommandLineTests
{
    [Fact]
    public async Task InvokeAsync_RepeatedVariables_AreAllThere() =>
        Assert.Equal("name=zi-1\nip=10.0.0.5", await ReadAsync(KnownSettings.DataplaneVar, "--dataplane-var", "name=zi-1", "-v", "ip=10.0.0.5"));

    [Theory]
    [InlineData("--skip-verify")]
    [InlineData("--skip-verify=true")]
    public async Task InvokeAsync_Switch_NeedsNoValue(string flag) => Assert.Equal("true", await ReadAsync(KnownSettings.SkipVerify, flag, "--name=x"));

    [Fact]
    public async Task InvokeAsync_CommandLineOfKumaDp_Works()
    {
        Assert.Equal("zi-1", await ReadAsync(
            KnownSettings.Name, "--log-level=info", "--concurrency=2", "--dns-enabled=false", "--dns-coredns-logging", "--binary-path", "/usr/bin/envoy", "--bind-outbounds", "--name", "zi-1"));
    }

    [Fact]
    public async Task InvokeAsync_UnknownFlag_IsABadSetting() => Assert.Equal(2, await new ProxyCommandLine(SettingsReading.Ingress, (_, _) => Task.FromResult(0)).InvokeAsync(["run", "--no-such-flag"]));

    private static async Task<string?> ReadAsync(Setting setting, params string[] flags)
    {
        string? value = null;
        var commandLine = new ProxyCommandLine(SettingsReading.Ingress, (read, _) =>
        {
            value = read(setting);
            return Task.FromResult(0);
        });
        Assert.Equal(0, await commandLine.InvokeAsync(["run", .. flags]));
        return value;
    }
}
