using System.Collections.Immutable;

namespace Zoneway.Xds.Translation;

/// <summary>What became of one resource.</summary>
/// <typeparam name="T">The domain record that the resource describes.</typeparam>
internal sealed record TranslationResult<T>
    where T : class
{
    /// <summary>The record to put in force. Null with errors: the resource is quarantined. Null without: it is rightly not served.</summary>
    public T? Config { get; init; }

    /// <summary>Every problem. Beside a <see cref="Config"/> they concern parts of it, which refuse their traffic.</summary>
    public required IReadOnlyList<TranslationError> Errors { get; init; }

    /// <summary>Every field without effect.</summary>
    public required IReadOnlyList<IgnoredField> Ignored { get; init; }

    /// <summary>Every setting in force that is worth telling an operator.</summary>
    public IReadOnlyList<EnforcedField> Enforced { get; init; } = [];

    /// <summary>Name of the assignment that the resource asks for, whether it is put in force or not; null for none.</summary>
    public string? Assignment { get; init; }

    /// <summary>Names of the secrets that the resource asks for, whether it is put in force or not.</summary>
    public ImmutableArray<string> Secrets { get; init; } = [];
}
