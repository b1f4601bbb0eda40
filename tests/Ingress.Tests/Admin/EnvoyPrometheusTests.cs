using Zoneway.Hosting.Admin;

namespace Zoneway.Ingress.Tests.Admin;

public sealed class EnvoyPrometheusTests
{
    [Fact]
    public void Write_ClusterAndServer_HaveEnvoysNames()
    {
        var text = EnvoyPrometheus.Write(
            [
                Series("upstream_cx_total", 3, ("cluster", "a\"b")),
                Series("upstream_cx_total", 0, ("cluster", "unused")),
                Series("control_plane.update_success", 2, ("type", "lds")),
                Series("control_plane.connected_state", 1),
                Series("downstream_cx_outcome", 9, ("outcome", "completed"), ("side", "local")),
            ],
            [("server.live", 1)]);

        Assert.Equal(
            """
            # TYPE envoy_cluster_upstream_cx_total untyped
            envoy_cluster_upstream_cx_total{envoy_cluster_name="a\"b"} 3
            # TYPE envoy_control_plane_connected_state untyped
            envoy_control_plane_connected_state 1
            # TYPE envoy_listener_manager_lds_update_success untyped
            envoy_listener_manager_lds_update_success 2
            # TYPE envoy_server_live untyped
            envoy_server_live 1

            """.ReplaceLineEndings("\n"),
            text);
    }

    private static MetricSeries Series(string instrument, double value, params (string Key, object? Value)[] tags) =>
        new(instrument, [.. tags.Select(tag => KeyValuePair.Create(tag.Key, tag.Value))], value);
}
