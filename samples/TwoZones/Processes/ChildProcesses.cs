namespace Zoneway.TwoZones.Processes;

/// <summary>Starts programs and sees to it that none of them outlives this object. Safe for use from any thread.</summary>
/// <param name="onLine">Gets the name of a program and each line of its output, on any thread.</param>
internal sealed class ChildProcesses(Action<string, string> onLine) : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<ChildProcess> _children = [];
    private bool _isDisposed;

    /// <summary>Starts one of the installation's programs.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="program">Its assembly beside this one, such as <c>zone-cp</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="ObjectDisposedException">The installation is being taken down.</exception>
    public ChildProcess Start(string name, string program, params IEnumerable<string> arguments)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var child = ChildProcess.Start(name, ProgramFiles.StartInfo(program, arguments), onLine);
            _children.Add(child);
            return child;
        }
    }

    /// <summary>The last lines of each program, with its name in front.</summary>
    public IEnumerable<string> LastLines(int countOfEach)
    {
        lock (_gate)
        {
            return [.. _children.SelectMany(child => child.LastLines(countOfEach).Select(line => $"{child.Name}: {line}"))];
        }
    }

    /// <summary>Ends all of them: asked first, killed after 5 s.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        await Task.WhenAll(_children.Select(static child => child.StopAsync(StopLimit)));
        _children.ForEach(static child => child.Dispose());
    }
}
