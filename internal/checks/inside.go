package checks

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"triage/internal/alert"
	"triage/internal/audit"
	"triage/internal/settings"
)

// Flow says when events wait for a stage and none gets through: cases would just stop
// coming, and nobody would know; and when they come faster than it handles them.
type Flow struct {
	// Stage is one of those below and begins its keys.
	Stage string
	// Count is how many events wait and how many got through.
	Count func(context.Context) (waiting, through uint64, err error)
	// Now is the clock.
	Now func() time.Time

	through uint64    // when last looked at
	moved   time.Time // when it last grew, or nothing waited
	behind  since
}

// The stages of which it is known how many events wait.
const (
	Judging  = "judging"
	Opening  = "opening"
	Auditing = "auditing"
)

var stuckWords = map[string]string{
	Judging:  "comments wait and none is judged: see the log",
	Opening:  "judged comments wait and none becomes a case: see the log",
	Auditing: "what was done does not reach the audit: see the log",
}

// Name implements alert.Check.
func (k *Flow) Name() string { return k.Stage }

const (
	// stuck is how long nothing may get through while events wait. After a start it is
	// known only then, which is no sign that it is over.
	stuck, stuckCalm = 2 * time.Minute, 3 * time.Minute
	// So many may wait for so long.
	backlog, backlogFor = 100, 10 * time.Minute
)

// Look implements alert.Check.
func (k *Flow) Look(ctx context.Context) ([]alert.Alert, error) {
	waiting, through, err := k.Count(ctx)
	if err != nil {
		return nil, err
	}
	now := k.Now()
	late := k.behind.of(waiting >= backlog, now)
	if waiting == 0 || through != k.through || k.moved.IsZero() {
		k.through, k.moved = through, now
	}
	switch {
	case now.Sub(k.moved) >= stuck:
		return []alert.Alert{{Key: k.Stage + "/stuck", Severity: alert.Page, What: stuckWords[k.Stage], Count: int(waiting), Since: k.moved, Calm: stuckCalm}}, nil
	case !late.IsZero() && now.Sub(late) >= backlogFor:
		return []alert.Alert{{Key: k.Stage + "/behind", Severity: alert.Tell, Count: int(waiting), Since: late, Calm: backlogFor, Again: day,
			What: "comments come faster than they are handled, and new ones wait: see how busy this machine is"}}, nil
	}
	return nil, nil
}

// Trouble passes on what a part says of itself.
type Trouble struct {
	// Part begins its keys.
	Part string
	// Says is what a person should look at, in sentences with what to do; nil: nothing.
	Says func() error
	// Words are said in the place of the error's own; empty: its own are.
	Words string
	// Now is the clock.
	Now func() time.Time

	since since
}

// StillKept is what is wrong where texts are not erased in time.
const StillKept = "texts whose time is over are still kept: see the log"

// Name implements alert.Check.
func (k *Trouble) Name() string { return k.Part }

// Look implements alert.Check. A broken chain of the audit pages.
func (k *Trouble) Look(context.Context) ([]alert.Alert, error) {
	err := k.Says()
	at := k.since.of(err != nil, k.Now())
	if err == nil {
		return nil, nil
	}
	severity := alert.Tell
	if errors.Is(err, audit.ErrBroken) {
		severity = alert.Page
	}
	return []alert.Alert{{Key: k.Part + "/trouble", Severity: severity, What: cmp.Or(k.Words, strings.ReplaceAll(err.Error(), "\n", "; ")), Count: 1, Since: at, Calm: time.Minute}}, nil
}

// Settings says which changed settings this version does not take.
type Settings struct {
	Refused func() []settings.Refusal
	// Now is the clock.
	Now func() time.Time

	since since
}

// Name implements alert.Check.
func (*Settings) Name() string { return "settings" }

// Look implements alert.Check.
func (k *Settings) Look(context.Context) ([]alert.Alert, error) {
	refused := k.Refused()
	at := k.since.of(len(refused) > 0, k.Now())
	var out []alert.Alert
	for _, r := range refused {
		out = append(out, alert.Alert{Key: key("settings", r.Name), Severity: alert.Tell, Count: 1, Since: at, Again: day,
			What: "the setting " + r.Name + " is not what was set, since this version does not take its value; the configuration's is in force: set it anew"})
	}
	return out, nil
}
