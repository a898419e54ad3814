package store

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"triage/internal/bus"
	"triage/internal/ingest"
	"triage/internal/vault"
)

var granted = ingest.Grant{Access: "canary access", Refresh: "canary refresh", Made: time.Unix(1e9, 0).UTC(), Expires: time.Unix(2e9, 0).UTC(),
	Client: "canary client", Seed: "seed"}

func TestGrantIsKeptSealedUnderItsRevision(t *testing.T) {
	each(t, func(t *testing.T, p *practice) {
		const account = "main"
		if g, err := p.Grants.Load(t.Context(), "x", account); err != nil || g != (ingest.Grant{}) {
			t.Fatalf("before anything was kept: %v, %v", g, err)
		}
		first, err := p.Grants.Save(t.Context(), "x", account, granted)
		must(t, err)
		want := granted
		want.Revision = first
		if g, err := p.Grants.Load(t.Context(), "x", account); err != nil || g != want {
			t.Errorf("kept %v, %v", g, err)
		}
		for _, revision := range []uint64{0, first + 1} {
			other := granted
			other.Revision = revision
			if _, err := p.Grants.Save(t.Context(), "x", account, other); !errors.Is(err, ingest.ErrStale) {
				t.Errorf("over revision %d: %v", revision, err)
			}
		}
		want.Access = "next"
		if _, err := p.Grants.Save(t.Context(), "x", account, want); err != nil {
			t.Error(err)
		}
		for _, other := range [][2]string{{"google", account}, {"x", account + "2"}} {
			if g, err := p.Grants.Load(t.Context(), other[0], other[1]); err != nil || g != (ingest.Grant{}) {
				t.Errorf("%v has %v, %v", other, g, err)
			}
		}
		kept := 0
		must(t, p.bus.Dump(t.Context(), "KV_grants", func(m bus.Message) error {
			if kept++; bytes.Contains(m.Data, []byte("canary")) {
				t.Errorf("it can be read: %s", m.Data)
			}
			return nil
		}))
		if kept == 0 {
			t.Error("nothing is kept")
		}
	})
}

// A grant that no key of the practice opens is none, and another takes its place.
func TestGrantUnderAnotherKey(t *testing.T) {
	p := open(t, t.TempDir())
	revision, err := p.Grants.Save(t.Context(), "x", "main", granted)
	must(t, err)
	core, logs := observer.New(zapcore.DebugLevel)
	other := p.Grants
	other.ring, other.log = vault.Ring{{9}}, zap.New(core)
	g, err := other.Load(t.Context(), "x", "main")
	if err != nil || g != (ingest.Grant{Revision: revision}) || logs.Len() != 1 {
		t.Fatalf("%v, %v, said %d times", g, err, logs.Len())
	}
	_, err = other.Save(t.Context(), "x", "main", g)
	must(t, err)
}

// A person who connects an account goes before whatever is kept.
func TestGrantIsReplaced(t *testing.T) {
	p := open(t, t.TempDir())
	seeds := ""
	for _, token := range []string{"first", "second", "third"} {
		seeds = strings.TrimSpace(seeds + " " + token)
		must(t, p.Grants.Replace(t.Context(), "x", "main", ingest.Grant{Access: token, Seed: token, Revision: 99}))
		if g, err := p.Grants.Load(t.Context(), "x", "main"); err != nil || g.Access != token || g.Seed != seeds {
			t.Errorf("%s is not kept: %v, over %s", token, err, g.Seed)
		}
	}
}

// A refresh token that comes back from a backup may be dead, and end the newer one.
func TestGrantsAreInNoBackup(t *testing.T) {
	p := open(t, t.TempDir())
	_, err := p.Grants.Save(t.Context(), "x", "main", granted)
	must(t, err)
	p.read(t, says(1, "words"))
	both := p.backup(t)
	p.stop(t)
	p = restore(t, both[DataPart], both[KeysPart])
	if g, err := p.Grants.Load(t.Context(), "x", "main"); err != nil || g != (ingest.Grant{}) {
		t.Errorf("came back as %v, %v", g, err)
	}
	if slices.Contains(parts[DataPart], "KV_grants") || slices.Contains(parts[KeysPart], "KV_grants") {
		t.Error("it is in a backup")
	}
}

func TestOneAtATimeRenews(t *testing.T) {
	each(t, func(t *testing.T, p *practice) {
		account, busy, times := "main", sync.Mutex{}, 0
		var g sync.WaitGroup
		for range 4 {
			g.Go(func() {
				err := p.Grants.Alone(t.Context(), "x", account, func(context.Context) error {
					if !busy.TryLock() {
						t.Error("two at a time")
					}
					times++
					busy.Unlock()
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		g.Wait()
		if times != 4 {
			t.Errorf("done %d times", times)
		}
		failed := errors.New("failed")
		if err := p.Grants.Alone(t.Context(), "x", account, func(context.Context) error { return failed }); !errors.Is(err, failed) {
			t.Errorf("%v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err := p.Grants.Alone(ctx, "x", account, func(ctx context.Context) error { cancel(); <-ctx.Done(); return failed })
		if !errors.Is(err, failed) {
			t.Errorf("whoever asked went away: %v", err)
		}
		if err := p.Grants.Alone(ctx, "x", account, func(context.Context) error { t.Error("begun"); return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}
