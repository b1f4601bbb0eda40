using System.Collections.Immutable;
using Zoneway.Hosting.Settings;

namespace Zoneway.Hosting;

/// <summary>What tells one proxy program from the other.</summary>
/// <param name="Name">As the user starts it.</param>
/// <param name="DefaultType">The proxy type when neither setting nor resource names one.</param>
/// <param name="Types">The proxy types whose listeners this program can serve.</param>
public sealed record ProxyProgram(string Name, ProxyType DefaultType, ImmutableArray<ProxyType> Types);
