using Zoneway.LoadTest.Load;

namespace Zoneway.LoadTest.Contenders;

/// <summary>What a contender is compared as.</summary>
internal enum ContenderRole
{
    /// <summary>No proxy at all: what client and back end alone can do.</summary>
    Baseline,

    /// <summary>What is measured.</summary>
    Subject,

    /// <summary>What it is measured against.</summary>
    Peer,

    /// <summary>Shown beside the others, without a ratio to it.</summary>
    Bystander,
}

/// <summary>A way from client to back end that takes part in the comparison.</summary>
internal abstract class Contender
{
    /// <summary>Name in options and reports.</summary>
    public abstract string Name { get; }

    /// <summary>What it is and how it is set up, in a sentence for the report.</summary>
    public abstract string Description { get; }

    public virtual ContenderRole Role => ContenderRole.Peer;

    /// <summary>Why it cannot take part here; null when it can.</summary>
    public abstract string? Obstacle { get; }

    /// <summary>Writes the configuration and says how to start the proxy in the foreground.</summary>
    /// <param name="setup">What it has to serve.</param>
    /// <returns>Null when there is no process.</returns>
    public abstract ProgramStart? Prepare(ContenderSetup setup);
}

/// <summary>What a contender has to serve.</summary>
/// <param name="Port">Loopback port to listen on.</param>
/// <param name="Routes">Server names and where they lead.</param>
/// <param name="Directory">Where its files go.</param>
/// <param name="DescriptorLimit">File descriptors that its process may have.</param>
internal sealed record ContenderSetup(int Port, RouteSet Routes, string Directory, int DescriptorLimit)
{
    /// <summary>Connections that a proxy of one process can have, which needs two descriptors for each.</summary>
    public int MaxConnections => (DescriptorLimit - 600) / 2;

    /// <summary>Writes a file.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}

/// <summary>How to start a program.</summary>
internal sealed record ProgramStart(string Program, params IReadOnlyList<string> Arguments);
