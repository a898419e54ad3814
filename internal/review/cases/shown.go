package cases

import (
	"context"
	"encoding/json"
	"time"
)

// A revealed comment stays shown to her for a while, so that she can write
// beside it; then it is covered again.
const (
	shownFor  = 15 * time.Minute
	mostShown = 30
	// shownKey names them in the session.
	shownKey = "shown"
)

// shown are the versions of comments shown in this session, and since when.
func (p *Pages) shown(ctx context.Context) map[string]time.Time {
	out := map[string]time.Time{}
	_ = json.Unmarshal(p.Sessions.GetBytes(ctx, shownKey), &out) // unreadable: nothing is shown
	for key, at := range out {
		if p.Now().Sub(at) >= shownFor {
			delete(out, key)
		}
	}
	return out
}

// show shows a version of a comment to this session; at zero covers it.
func (p *Pages) show(ctx context.Context, key string, at time.Time) {
	kept := p.shown(ctx)
	if len(kept) >= mostShown {
		clear(kept)
	}
	kept[key] = at
	if at.IsZero() {
		delete(kept, key)
	}
	if b, err := json.Marshal(kept); err == nil {
		p.Sessions.Put(ctx, shownKey, b)
	}
}
