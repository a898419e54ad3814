package checks

import (
	"context"
	"time"

	"triage/internal/alert"
	"triage/internal/ingest"
)

// Clock says when a machine's clock is wrong, by the Date of what the platforms answer,
// and when ours was set while we ran. The codes of a second step hold for 30 seconds
// (RFC 6238), and X takes no request that is 5 minutes off.
type Clock struct {
	// Health is how reading each account goes, with how far the platform's clock is ahead.
	Health func() []ingest.Health
	// Now is the clock.
	Now func() time.Time
	// Ran is how long we have run, by a clock that nobody sets; nil: the process's own.
	Ran func() time.Duration

	at     time.Time // of the last look
	ran    time.Duration
	jumped time.Time
}

// Name implements alert.Check.
func (*Clock) Name() string { return "clock" }

const (
	// From skewTells on the team is told, from skewPages on a person is called.
	skewTells, skewPages = 2 * time.Minute, 10 * time.Minute
	// toldJump is how long it is told that a clock was set.
	toldJump = time.Hour
)

const (
	wrong     = "the clock of the machine that reads comments is more than 2 minutes wrong: let it be set by the network (NTP), or sign-in codes and platforms refuse us"
	veryWrong = "the clock of the machine that reads comments is more than 10 minutes wrong: let it be set by the network (NTP) now; sign-in codes and platforms refuse us"
	setAnew   = "the clock of this machine was set by more than 2 minutes, or the machine stood still: see that what was due meanwhile was done"
)

// Look implements alert.Check.
func (k *Clock) Look(context.Context) (out []alert.Alert, err error) {
	if skew := k.skew(); skew >= skewTells {
		a := alert.Alert{Key: "clock/skew", Severity: alert.Tell, Count: 1, What: wrong, Calm: calm}
		if skew >= skewPages {
			a.Severity, a.What = alert.Page, veryWrong
		}
		out = append(out, a)
	}
	now := k.Now()
	k.step(now)
	if age := now.Sub(k.jumped); !k.jumped.IsZero() && age >= 0 && age < toldJump {
		out = append(out, alert.Alert{Key: "clock/set", Severity: alert.Tell, Count: 1, What: setAnew, Since: k.jumped, Latest: k.jumped})
	}
	return out, nil
}

// skew is by how much we differ from whoever differs least: one platform, or the host of
// one site, may be wrong itself. 0: nobody tells.
func (k *Clock) skew() (least time.Duration) {
	for _, h := range k.Health() {
		if off := h.Skew.Abs(); off > 0 && (least == 0 || off < least) {
			least = off
		}
	}
	return least
}

// step notes how far the clock and the time that passed went since the last look.
func (k *Clock) step(now time.Time) {
	ran := time.Since(started)
	if k.Ran != nil {
		ran = k.Ran()
	}
	if !k.at.IsZero() && (now.Round(0).Sub(k.at)-(ran-k.ran)).Abs() >= skewTells {
		k.jumped = now
	}
	k.at, k.ran = now.Round(0), ran
}

var started = time.Now()
