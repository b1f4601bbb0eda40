using System.Collections.Immutable;
using System.Text;
using Envoy.Config.Core.V3;
using Google.Protobuf.Collections;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.Termination.Http;
using HeaderAppendAction = Zoneway.Termination.Http.HeaderAppendAction;
using Wire = Envoy.Config.Core.V3.HeaderValueOption.Types.HeaderAppendAction;

namespace Zoneway.Xds.Translation.Http;

/// <summary>Changes of headers: removals first, as in Envoy, then additions.</summary>
internal static class HeaderMutationTranslator
{
    // Who changes these changes where a message ends or where it goes.
    private static readonly string[] Framing = ["host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "keep-alive", "proxy-connection"];

    /// <summary>Translates changes.</summary>
    /// <param name="added">Headers to add.</param>
    /// <param name="removed">Names of headers to remove.</param>
    /// <param name="findings">Those of the message around them.</param>
    /// <param name="field">Beginning of the two fields' names, such as <c>request_headers</c>.</param>
    public static ImmutableArray<HeaderMutation> Translate(RepeatedField<HeaderValueOption> added, RepeatedField<string> removed, Findings findings, string field)
    {
        if (added.Count + removed.Count == 0)
        {
            return [];
        }

        var changes = ImmutableArray.CreateBuilder<HeaderMutation>(added.Count + removed.Count);
        for (var i = 0; i < removed.Count; i++)
        {
            if (IsChangeable(removed[i], findings, $"{field}_to_remove[{i}]"))
            {
                changes.Add(new HeaderMutation(removed[i], null, HeaderAppendAction.OverwriteIfExists));
            }
        }

        for (var i = 0; i < added.Count; i++)
        {
            Add(added[i], findings, $"{field}_to_add[{i}]", changes);
        }

        return changes.ToImmutable();
    }

    /// <summary>Translates additions only.</summary>
    public static ImmutableArray<HeaderMutation> Translate(RepeatedField<HeaderValueOption> added, Findings findings, string field) => Translate(added, [], findings, field);

    private static void Add(HeaderValueOption message, Findings findings, string field, ImmutableArray<HeaderMutation>.Builder changes)
    {
        var name = message.Header?.Key ?? "";
        var value = message.Header?.RawValue is { IsEmpty: false } raw ? Encoding.Latin1.GetString(raw.Span) : message.Header?.Value ?? "";
        if (!IsChangeable(name, findings, field) || !TryReadValue(ref value, findings, field, out var template) || (value.Length == 0 && !message.KeepEmptyValue))
        {
            return;
        }

        findings.Enforce(field, $"header {name}: {value}");
        changes.Add(new HeaderMutation(name, value, message.Append switch
        {
            // The older way to say it.
            true => HeaderAppendAction.AppendIfExistsOrAdd,
            false => HeaderAppendAction.OverwriteIfExistsOrAdd,
            null => message.AppendAction switch
            {
                Wire.AddIfAbsent => HeaderAppendAction.AddIfAbsent,
                Wire.OverwriteIfExistsOrAdd => HeaderAppendAction.OverwriteIfExistsOrAdd,
                Wire.OverwriteIfExists => HeaderAppendAction.OverwriteIfExists,
                _ => HeaderAppendAction.AppendIfExistsOrAdd,
            },
        })
        {
            Template = template,
            KeepsEmpty = message.KeepEmptyValue,
        });
    }

    private static bool IsChangeable(string name, Findings findings, string field)
    {
        var isToken = name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
        findings.RejectIf(!isToken, field, "this is no name of a header that can be changed");
        findings.RejectIf(isToken && Framing.Contains(name, StringComparer.OrdinalIgnoreCase), field, $"the header '{name}' is the proxy's own business");
        return isToken;
    }

    // Envoy's command operators; %% stands for one percent sign. Without one that has no value here, something that somebody relies on would be missing.
    private static bool TryReadValue(ref string value, Findings findings, string field, out AccessLogTemplate? template)
    {
        template = null;
        findings.RejectIf(value.AsSpan().ContainsAny("\r\n\0"), field, "the value has line breaks");
        if (!value.Replace("%%", "", StringComparison.Ordinal).Contains('%', StringComparison.Ordinal))
        {
            value = value.Replace("%%", "%", StringComparison.Ordinal);
            return true;
        }

        template = AccessLogTemplate.TryParse(value, out var problem);
        findings.RejectIf(template is null, field, problem);
        findings.RejectIf(template is { UnknownOperators.IsEmpty: false }, field, $"the command operator {template?.UnknownOperators.FirstOrDefault()} is not available");
        return template is not null;
    }
}
