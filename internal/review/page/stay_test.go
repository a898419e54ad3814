package page

import (
	"testing"
	"time"

	"triage/internal/people"
)

// Who proves again that it is she gets another token and no more time.
func TestStayingIsNoLonger(t *testing.T) {
	p := &Site{Now: time.Now}
	p.Sessions = p.newSessions(Options{Store: &store{map[string][]byte{}, map[string]time.Time{}}, Idle: 15 * time.Minute})
	ctx, err := p.Sessions.Load(t.Context(), startSession(t, p))
	if err != nil {
		t.Fatal(err)
	}
	ends, token := time.Now().Add(time.Hour).UTC(), p.Sessions.Token(ctx)
	p.Sessions.SetDeadline(ctx, ends)
	if err := p.Stay(ctx, people.User{Name: "rita", Hash: "x"}); err != nil {
		t.Fatal(err)
	}
	if p.Sessions.Token(ctx) == token || !p.Sessions.Deadline(ctx).Equal(ends) {
		t.Errorf("it ends %s, not %s", p.Sessions.Deadline(ctx), ends)
	}
}
