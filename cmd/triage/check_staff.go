package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"triage/internal/control"
	"triage/internal/ingest"
)

// checkStaff says who can be called and cannot acknowledge, since the desk does not know
// her: a page then goes on although she reads it.
func checkStaff(cmd *cobra.Command, cfg config, offline bool) []ingest.Finding {
	if len(cfg.Alerts.Person) == 0 {
		return nil
	}
	users, err := cfg.users(cmd, offline)
	if errors.Is(err, errAsleep) {
		return []ingest.Finding{{OK: true, What: "alerts: who is called was not compared with the users of the desk: the service is stopped (triage user list)"}}
	}
	if err != nil {
		return []ingest.Finding{{OK: true, What: "alerts: who is called was not compared with the users of the desk: " + err.Error(), Mend: "compare them: triage user list"}}
	}
	var out []ingest.Finding
	for i, p := range cfg.Alerts.Person {
		if what, mend := strange(p.Name, users); what != "" {
			out = append(out, ingest.Finding{OK: true, What: fmt.Sprintf("alerts: alerts.person[%d]: %s %s", i, p.Name, what), Mend: mend})
		}
	}
	if len(out) == 0 {
		out = append(out, ingest.Finding{OK: true, What: "alerts: everybody who can be called is a user of the desk"})
	}
	return out
}

// strange is what keeps somebody from saying in the desk that she is on it, and what to
// do; empty: nothing.
func strange(name string, users []control.User) (what, mend string) {
	i := slices.IndexFunc(users, func(u control.User) bool { return strings.EqualFold(u.Name, strings.TrimSpace(name)) })
	switch {
	case i < 0:
		return "is no user of the desk: she is called, and cannot open the link or say that she is on it",
			fmt.Sprintf("triage user add %s --role reviewer --invite; or write the name under which she signs in (triage user list)", name)
	case users[i].Name != name:
		return "signs in under another name: what she acknowledges is not known to be hers", fmt.Sprintf("write name = %q", users[i].Name)
	case users[i].Disabled:
		return "is shut out of the desk: she is called, and cannot open the link or say that she is on it",
			fmt.Sprintf("triage user disable %s --undo; or take her out of alerts.person, rotations and steps", name)
	case users[i].Invited:
		return "has not used her invitation yet: she cannot sign in", "let her choose a password before she is on call, on the telephone that will ring"
	}
	return "", ""
}

// errAsleep: nobody who knows the users is there to be asked.
var errAsleep = errors.New("the service is stopped")

// users are those of the desk: asked of the service, or else of its store. Without a
// store there are none yet. Offline no store is opened: that is how each start begins,
// which would take twice as long.
func (c *config) users(cmd *cobra.Command, offline bool) (all []control.User, err error) {
	s := &service{cfg: *c, log: zap.NewNop()}
	_, runs := control.Dial(s.socket())
	_, err = os.Stat(s.storeDir())
	empty := errors.Is(err, fs.ErrNotExist) && c.NATS.URL == ""
	switch {
	case !runs && empty:
		return nil, nil
	case !runs && (offline || c.NATS.URL != ""):
		return nil, errAsleep
	}
	o := order{config: c.path}
	err = o.give(cmd, func(ctx context.Context, cl *control.Client) error { return cl.Call(ctx, "GET", "/users", nil, &all) })
	return all, err
}
