package graph

import (
	"context"
	"slices"
	"time"

	"triage/internal/ingest"
)

// Permit asks the platform until when the token is good and which of the needed
// permissions it lacks. A permission that was granted for other accounts than
// the targets, which are platform ids, is lacking. An error means that nothing
// is known. What the platform leaves out (debug_token of the Graph API tells it
// only to some) does not count as an end or a lack; where it tells nothing, it is
// as the tokens know.
func (a *API) Permit(ctx context.Context, needed, targets []string) (ingest.Permit, error) {
	p, err := a.debug(ctx, needed, targets)
	if known, ok := a.opt.Tokens.(ingest.Permitted); ok && err != nil {
		if p, err := known.Permit(ctx); err == nil {
			return p, nil
		}
	}
	return p, err
}

// debug asks debug_token.
func (a *API) debug(ctx context.Context, needed, targets []string) (ingest.Permit, error) {
	token, err := a.opt.Tokens.Token(ctx)
	if err != nil {
		return ingest.Permit{}, err
	}
	asking := token
	if a.opt.AppID != "" && a.opt.AppSecret != "" {
		asking = a.opt.AppID + "|" + a.opt.AppSecret
	}
	o, err := a.readAs(ctx, asking, "debug_token", Params{"input_token": token})
	if KindOf(err) == ingest.Dead && asking != token {
		return ingest.Permit{}, &ingest.ReadError{Kind: ingest.Bad, Code: CodeOf(err),
			Why: a.say("{platform} does not tell about the {account}'s token; check app_id and app_secret")}
	}
	if err != nil {
		return ingest.Permit{}, err
	}
	data := o.Object("data")
	switch f := failureOf(data); {
	case data == nil:
		return ingest.Permit{}, a.Senseless()
	case f.known:
		return ingest.Permit{}, a.failed(f, ingest.Exchange{})
	case data.Has("is_valid") && !data.Flag("is_valid"):
		return ingest.Permit{}, a.failed(failure{known: true, code: 190}, ingest.Exchange{})
	}
	return ingest.Permit{Expires: ends(data), Lacks: lacks(data, needed, targets)}, nil
}

// ends is when the token, or the access to people's data with it, ends first.
func ends(data Object) time.Time {
	first := data.Time("expires_at")
	if access := data.Time("data_access_expires_at"); first.IsZero() || !access.IsZero() && access.Before(first) {
		first = access
	}
	return first
}

// lacks are the needed permissions that were not granted for any of the targets.
func lacks(data Object, needed, targets []string) (missing []string) {
	granted := data.texts("scopes")
	granular, ok := data.List("granular_scopes")
	if !ok && !data.Has("scopes") {
		return nil // it does not tell
	}
	for _, raw := range granular {
		o := ObjectOf(raw)
		scope, ours := o.Text("scope"), o.texts("target_ids")
		granted = append(granted, scope)
		if o.Has("target_ids") && !slices.ContainsFunc(targets, func(id string) bool { return slices.Contains(ours, id) }) {
			granted = slices.DeleteFunc(granted, func(g string) bool { return g == scope })
		}
	}
	for _, scope := range needed {
		if !slices.Contains(granted, scope) {
			missing = append(missing, scope)
		}
	}
	return missing
}
