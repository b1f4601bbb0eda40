using System.Collections.Immutable;
using Zoneway.Hosting;
using Zoneway.Hosting.Settings;

namespace Zoneway.Ingress.Tests.Settings;

/// <summary>Reads settings the way a program does, from flags and an environment written down in the test.</summary>
internal sealed class SettingsReading
{
    public static readonly ProxyProgram Ingress = new("zone-ingress", ProxyType.Ingress, [ProxyType.Ingress, ProxyType.Dataplane]);

    private readonly Dictionary<string, string> _flags = [];
    private readonly Dictionary<string, string> _environment = [];

    public SettingsReading Flag(string name, string value)
    {
        _flags[name] = value;
        return this;
    }

    public SettingsReading Variable(string name, string value)
    {
        _environment[name] = value;
        return this;
    }

    public ProxySettings Settings()
    {
        Assert.True(TryRead(out var settings, out var problems), string.Join('\n', problems));
        return settings!;
    }

    public ImmutableArray<string> Problems()
    {
        Assert.False(TryRead(out _, out var problems));
        return [.. problems];
    }

    private bool TryRead(out ProxySettings? settings, out IReadOnlyList<string> problems)
    {
        var reader = new SettingReader(setting => setting.Flag is null ? null : _flags.GetValueOrDefault(setting.Flag), name => _environment.GetValueOrDefault(name));
        return ProxySettingsSource.TryRead(Ingress, reader, out settings, out problems);
    }
}
