using System.Collections.Concurrent;

namespace Zoneway.MutualTls;

/// <summary>The secrets there are now, by name. One writer, the control-plane side; handshakes read on any thread, so a rotated secret counts from the next handshake on.</summary>
public sealed class SecretStore
{
    private readonly ConcurrentDictionary<string, LoadedSecret> _secrets = new(StringComparer.Ordinal);

    /// <summary>The secret of a name; null as long as it was not delivered.</summary>
    public LoadedSecret? Find(string name) => _secrets.GetValueOrDefault(name);

    /// <summary>Every secret.</summary>
    public IReadOnlyCollection<LoadedSecret> All => (IReadOnlyCollection<LoadedSecret>)_secrets.Values;

    /// <summary>Puts a secret in the place of the one before it. One that cannot be used leaves the one before it in force.</summary>
    /// <returns>False when it was left in force.</returns>
    public bool Set(LoadedSecret secret)
    {
        if (!secret.IsUsable && _secrets.TryGetValue(secret.Name, out var before) && before.IsUsable)
        {
            return false;
        }

        _secrets[secret.Name] = secret;
        return true;
    }

    /// <summary>Forgets a secret. Chains that need it take no more connections.</summary>
    public void Remove(string name) => _secrets.TryRemove(name, out _);
}
