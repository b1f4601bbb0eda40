using System.Collections.Immutable;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Zoneway.Hosting.Settings;

namespace Zoneway.Hosting;

/// <summary>What tells one proxy program from the other.</summary>
/// <param name="Name">As the user starts it.</param>
/// <param name="DefaultType">The proxy type when neither setting nor resource names one.</param>
/// <param name="Types">The proxy types whose listeners this program can serve.</param>
public sealed record ProxyProgram(string Name, ProxyType DefaultType, ImmutableArray<ProxyType> Types)
{
    /// <summary>Serves the connections of filter chains that end TLS; null where the program passes TLS through only, and refuses such chains.</summary>
    public ITerminationModule? Termination { get; init; }
}

/// <summary>What a program adds that ends TLS.</summary>
public interface ITerminationModule
{
    /// <summary>Registers what it is made of.</summary>
    void AddServices(IServiceCollection services);

    /// <summary>Makes what serves the connections that the router hands on. It is called once for each of them, and returns when the connection is over.</summary>
    ConnectionDelegate CreateHandler(IServiceProvider services);
}
