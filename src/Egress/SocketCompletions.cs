namespace Zoneway.Egress;

/// <summary>Where the runtime goes on when a socket has something: by default on a thread of the pool, which costs two thread switches for each read.</summary>
internal static class SocketCompletions
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Goes on at once, on one event thread per processor, unless the environment says otherwise. To be called before the first socket is used. Nothing that follows a read may wait for
    /// another socket in a blocking way; what takes long goes to the pool by itself.
    /// </summary>
    /// <remarks>The runtime reads this from the environment only. A request costs about half the CPU of the default (<c>docs/performance.md</c>).</remarks>
    public static void RunInline()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, "1");
        }
    }
}
