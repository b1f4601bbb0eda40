using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Zoneway.Xds.Translation;

namespace Zoneway.Xds.Resources;

/// <summary>Why a resource, or a part of it, is not in force, and what content is to blame.</summary>
/// <param name="Resource">The resource's name.</param>
/// <param name="Field">Path of the field concerned; empty for the whole resource.</param>
/// <param name="Reason">A sentence for the operator and the control plane.</param>
/// <param name="Content">What is to blame: the resource, or the part that is left out, so that a bad filter chain stays known while others change.</param>
internal sealed record ResourceProblem(string Resource, string Field, string Reason, Digest Content)
{
    /// <summary>The problems that a translation found.</summary>
    public static IReadOnlyList<ResourceProblem> From(XdsResource resource, IReadOnlyList<TranslationError> errors)
    {
        if (errors.Count == 0)
        {
            return [];
        }

        var whole = Digest.Of(resource.Value.Span);
        var parts = new Dictionary<IMessage, Digest>(ReferenceEqualityComparer.Instance);
        var problems = new List<ResourceProblem>(errors.Count);
        foreach (var error in errors)
        {
            var content = whole;
            if (error.Part is { } part && !parts.TryGetValue(part, out content))
            {
                parts[part] = content = Digest.Of(part.ToByteArray());
            }

            problems.Add(new(error.Resource, error.Field, error.Reason, content));
        }

        return problems;
    }
}

/// <summary>Half a SHA-256 of a content: no one can prepare two that collide.</summary>
internal readonly record struct Digest(ulong High, ulong Low)
{
    /// <summary>The digest of bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return new(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]));
    }

    /// <summary>The digest of a text.</summary>
    public static Digest Of(string content) => Of(Encoding.UTF8.GetBytes(content));
}
