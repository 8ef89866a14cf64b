using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace TinyLM.Lab.Security;

/// <summary>Tells the services of a circuit whose it is, before anything of it is drawn, and again when its browser comes back.</summary>
internal sealed class VisitorCircuit(Visitor visitor, AuthenticationStateProvider connection) : CircuitHandler
{
    /// <inheritdoc/>
    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken) => TakeAsync();

    /// <inheritdoc/>
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken) => TakeAsync();

    private async Task TakeAsync() => visitor.Become((await connection.GetAuthenticationStateAsync()).User);
}
