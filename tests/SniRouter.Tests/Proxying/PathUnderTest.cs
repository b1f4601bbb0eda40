using Microsoft.Extensions.DependencyInjection;

namespace Zoneway.SniRouter.Tests.Proxying;

/// <summary>
/// A way to move bytes, which the behavioural tests run against. Every path passes the same tests: a test class is abstract and has one
/// derived class for each path.
/// </summary>
/// <param name="Name">Name for messages.</param>
/// <param name="Configure">What a program adds to the services to get this path; called after <see cref="SniRouterExtensions.AddSniRouter"/>.</param>
public sealed record PathUnderTest(string Name, Action<IServiceCollection> Configure)
{
    /// <summary>Kestrel's socket transport and pipes.</summary>
    public static PathUnderTest Portable { get; } = new("portable", static services => services.Configure<SniRouterOptions>(options => options.DataPath = DataPath.Portable));

    /// <summary>The Linux engine. Accepting is not deferred, for the tests have clients that send nothing.</summary>
    public static PathUnderTest Engine { get; } = new("engine", static services => services.Configure<SniRouterOptions>(options =>
    {
        options.DataPath = DataPath.Engine;
        options.DeferAccept = false;
    }));
}
