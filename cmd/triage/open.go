package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"go.uber.org/zap"

	"triage/internal/audit"
	"triage/internal/bus"
	"triage/internal/control"
	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/store"
)

// opened is a practice's store and what opens it.
type opened struct {
	*store.Store
	bus   *bus.Bus
	keys  keys
	names ingest.Namer
	dir   string
}

// open opens the practice's store: the one in its directory, or that on NATS
// servers elsewhere.
func (s *service) open(ctx context.Context) (*opened, error) {
	k, err := s.practiceKeys()
	if err != nil {
		return nil, err
	}
	b, err := s.openBus(ctx, k)
	if err != nil {
		return nil, err
	}
	return s.openOn(ctx, b, k)
}

// openOn opens the practice's store on a bus, and closes that if it cannot.
func (s *service) openOn(ctx context.Context, b *bus.Bus, k keys) (*opened, error) {
	st, err := store.Open(ctx, b, s.storeOptions(k))
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return &opened{Store: st, bus: b, keys: k, names: ingest.NewNamer(k.names), dir: s.cfg.Data.Dir}, nil
}

// Close closes it in the order that loses nothing.
func (o *opened) Close() error {
	o.Store.Close()
	return errors.Join(o.bus.Close(), handBack(o.dir))
}

// handBack gives what root made in the data directory to whom that belongs: the
// service could not open it.
func handBack(dir string) error {
	dir, err := filepath.EvalSymlinks(dir) // as systemd's /var/lib/triage is
	if err != nil || os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid == 0 {
		return nil
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(owner.Uid), int(owner.Gid))
	})
	if err != nil {
		return fmt.Errorf("give the store back to its user: %w: run chown -R %d:%d %s", err, owner.Uid, owner.Gid, dir)
	}
	return nil
}

func (s *service) storeOptions(k keys) store.Options {
	return store.Options{
		Ring: k.texts, AuditKey: k.audit, Practice: s.cfg.Practice.Name, Checkpoints: s.cfg.Audit.Checkpoints,
		Settings: s.cfg.live(), Log: s.log.Named("store"), Now: time.Now,
	}
}

func (s *service) openBus(ctx context.Context, k keys) (*bus.Bus, error) {
	log := s.log.Named("bus")
	if n := s.cfg.NATS; n.URL != "" {
		return bus.Connect(ctx, bus.Remote{
			URL: n.URL, NKeyFile: n.NKeyFile, CAFile: n.CAFile, CertFile: n.CertFile, KeyFile: n.KeyFile,
			Replicas: n.Replicas, Key: k.names, Log: log,
		})
	}
	if err := s.underNewest(ctx, k); err != nil {
		return nil, err
	}
	return bus.Start(ctx, s.busOptions(k))
}

func (s *service) busOptions(k keys) bus.Options {
	return bus.Options{
		Dir: s.storeDir(), Key: k.store, MaxStore: s.cfg.Data.MaxStore.bytes, Log: s.log.Named("bus"),
		Water: s.water(), AcceptLoss: s.acceptLoss,
	}
}

// water is the file that tells how much the store held, outside of it.
func (s *service) water() string { return filepath.Join(s.cfg.Data.Dir, "high-water.json") }

// tell writes into the audit that the service starts or stops, and at the start
// that a loss is accepted. A store that takes nothing keeps it from neither.
func (s *service) tell(ctx context.Context, st *opened, what string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	acts := []audit.Act{{By: respond.Machine, From: "service", Do: what, Note: version + ", policy " + policyVersion}}
	if s.acceptLoss && what == "started" {
		accepted := operator("")
		accepted.Do = "loss-accepted"
		acts = append(acts, accepted)
	}
	if err := st.Audit.Append(ctx, acts...); err != nil {
		s.log.Warn("not in the audit", zap.String("act", what), zap.Error(err))
	}
}

// commands answers commands about an open store.
func (s *service) commands(o *opened, folk *people.People, desk *respond.Desk, all accounts) http.Handler {
	sweeps := s.sweeper(o, all)
	return control.Handler(control.Options{
		Store: o.Store, People: folk, Cases: desk, AuditKey: o.keys.audit, BackupKey: o.keys.backup[0],
		Practice: s.cfg.Practice.Name, Page: s.cfg.pageURL(), Platforms: s.cfg.platforms(), Policy: policyVersion,
		Login: s.cfg.known, Check: s.checker(o), Backfill: all.backfill,
		Sweep: sweeps.run, SweepReport: sweeps.report, Person: o.person, Report: s.reporter(workings{opened: o, desk: desk, accounts: all}), Log: s.log.Named("control"), Now: time.Now,
	})
}

// policyVersion names the rules in force, for evidence.
const policyVersion = "2026-11"

// answerAlone opens the store of a service that is stopped and answers commands
// about it.
func (s *service) answerAlone(ctx context.Context) (http.Handler, func() error, error) {
	o, err := s.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	live, err := s.cfg.liveOf(o.Settings)
	var desk *respond.Desk
	if err == nil {
		desk, err = s.desk(o, nil, live.rules)
	}
	if err != nil {
		return nil, nil, errors.Join(err, o.Close())
	}
	return s.commands(o, s.staff(o.Users), desk, nil), o.Close, nil
}

// scrubber is as much of a desk as an erasure needs.
func (s *service) scrubber(o *opened) *respond.Desk {
	return &respond.Desk{Cases: o.Cases, Texts: o.Texts, Names: o.names, Log: zap.NewNop(), Now: time.Now}
}

// operator is whoever gives a command without the service.
func operator(as string) audit.Act {
	a := audit.Act{OS: control.OSUser(), From: "command", By: as}
	if as == "" {
		a.By = "os/" + a.OS
	}
	return a
}
