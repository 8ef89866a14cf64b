using System.Security.Claims;

namespace TinyLM.Lab.Security;

/// <summary>Who acts: one for each circuit and each request. Nobody until the connection's token was read.</summary>
public sealed class Visitor
{
    private const string PersonClaim = "person", LimitedClaim = "limited";

    /// <summary>What this person may do.</summary>
    public Role Role { get; private set; }

    /// <summary>Tells this browser from others, for limits; no name and no token.</summary>
    public string Person { get; private set; } = "";

    /// <summary>Whether limits hold: they do where a lab is open to the network.</summary>
    public bool IsLimited { get; private set; }

    /// <summary>Whether this person may launch, upload, delete and change.</summary>
    public bool MayChange => Role == Role.Teacher;

    /// <summary>A visitor of a role, as requests carry it to their circuits.</summary>
    public static ClaimsPrincipal Principal(Role role, string person, bool isLimited) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Role, role.ToString()), new Claim(PersonClaim, person), new Claim(LimitedClaim, isLimited.ToString())], authenticationType: "token"));

    /// <summary>Becomes whom a request was found to come from.</summary>
    public void Become(ClaimsPrincipal principal)
    {
        Role = Enum.TryParse<Role>(principal.FindFirstValue(ClaimTypes.Role), out var role) ? role : Role.None;
        Person = principal.FindFirstValue(PersonClaim) ?? "";
        IsLimited = principal.FindFirstValue(LimitedClaim) != bool.FalseString;
    }

    /// <summary>Refuses whoever may not change the lab.</summary>
    /// <exception cref="NotAllowedException">This person may not.</exception>
    public void DemandChange()
    {
        if (!MayChange) throw new NotAllowedException(Role);
    }

    /// <summary>Refuses whoever may not even look.</summary>
    /// <exception cref="NotAllowedException">This person may not.</exception>
    public void DemandLook()
    {
        if (Role == Role.None) throw new NotAllowedException(Role);
    }
}
