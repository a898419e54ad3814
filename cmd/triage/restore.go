package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/bus"
	"triage/internal/people"
	"triage/internal/store"
)

func restoreCommand() *cobra.Command {
	var path, keysPath, as string
	cmd := &cobra.Command{
		Use:   "restore FILE [--keys FILE]",
		Short: "Put a backup back into an empty store",
		Long: `Puts back what triage backup wrote. The data directory must hold no store: move
what is there aside. The key file under which the backup was made must be in its
place.

Texts that were erased after FILE was made stay erased, if --keys names the newest
keys part there is; without it, FILE.keys is taken. Replies that were waiting to go
out when the backup was made are left for a person to look at, since they may have
gone out since. Everybody signs in anew.

The audit ends where the backup did, and says that it was restored. Checkpoints of
later records cannot fit it any more: the file with them is moved aside, beside its
place, and shows how much was lost.

A restore that is cut short changes nothing: give the command again. With nats.url
the account must be empty, and a cut-short restore leaves it half full: delete its
streams first.`,
		Example: `  triage restore /backup/triage-2026-11-20 --keys /safe/triage-2026-11-23.keys --config /etc/triage/config.toml`,
		Args:    oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadForOrder(path)
			if err != nil {
				return err
			}
			if keysPath == "" {
				keysPath = args[0] + keysSuffix
			}
			s := &service{cfg: cfg, log: newLog("warn", cmd.ErrOrStderr())}
			show := newProgress(cmd.ErrOrStderr())
			r, err := s.restoreFiles(cmd.Context(), [2]string{args[0], keysPath}, as, func(n int) { show.say("%d records", n) })
			show.clear()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "restored %d records of %s: data of %s, keys of %s\n"+
				"Users, passwords and settings are those of then: look at triage user list and triage settings list before the start.\n",
				r.Records, r.Practice, r.Data.Local().Format(time.DateTime), r.Keys.Local().Format(time.DateTime))
			return err
		},
	}
	cmd.Flags().StringVar(&path, "config", "config.toml", "the configuration file")
	cmd.Flags().StringVar(&keysPath, "keys", "", "the newest keys part; default FILE"+keysSuffix)
	cmd.Flags().StringVar(&as, "as", "", "who restores, for the audit")
	return cmd
}

// restoreFiles restores the two parts of a backup.
func (s *service) restoreFiles(ctx context.Context, paths [2]string, as string, progress func(int)) (store.Restored, error) {
	var files [2]*os.File
	for i, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return store.Restored{}, fmt.Errorf("restore: %w: name the backup, and with --keys its newest keys part", err)
		}
		defer func() { _ = f.Close() }()
		files[i] = f
	}
	if _, err := os.Stat(s.cfg.Data.KeyFile); err != nil {
		return store.Restored{}, fmt.Errorf("restore: %w: put the practice's key file back first", err)
	}
	k, err := loadKeys(s.cfg.Data.KeyFile, s.storeDir())
	if err != nil {
		return store.Restored{}, err
	}
	return s.restore(ctx, k, store.Restore{Data: files[0], Keys: files[1], Secrets: k.backup, Progress: progress}, as)
}

// restore loads the backup beside the store's place, makes it fit to go on, and
// only then puts it there.
func (s *service) restore(ctx context.Context, k keys, in store.Restore, as string) (out store.Restored, err error) {
	place := s.storeDir() + ".restoring"
	if s.cfg.NATS.URL == "" {
		if _, err := os.Stat(s.storeDir()); !errors.Is(err, fs.ErrNotExist) {
			return out, fmt.Errorf("restore: there is a store in %s: move it aside first", s.storeDir())
		}
		if err := os.RemoveAll(place); err != nil {
			return out, fmt.Errorf("restore: remove what is left of an earlier one: %w", err)
		}
	}
	err = s.within(ctx, k, place, func(o *opened) (err error) {
		out, err = o.Load(ctx, in)
		return err
	})
	if err != nil {
		return out, err
	}
	err = s.within(ctx, k, place, func(o *opened) error {
		if err := mayRestore(ctx, o, as); err != nil {
			return err
		}
		return o.Settle(ctx, s.scrubber(o), out, operator(as))
	})
	if err != nil || s.cfg.NATS.URL != "" {
		return out, err
	}
	if err := s.aside(); err != nil {
		return out, fmt.Errorf("restore: move aside what vouches for the old store: %w", err)
	}
	if err := errors.Join(os.Rename(place, s.storeDir()), syncDir(filepath.Dir(place))); err != nil {
		return out, fmt.Errorf("restore: put the store in its place: %w", err)
	}
	return out, nil
}

// mayRestore reports whether the backup knows the user who restores it, with a
// role that may.
func mayRestore(ctx context.Context, o *opened, as string) error {
	if as == "" {
		return nil
	}
	u, err := o.Users.Get(ctx, as)
	if err != nil || u.Disabled || !u.Role.May(people.Maintain) {
		return fmt.Errorf("--as %s: the backup knows no such user who may restore it: leave --as out, or name an admin of that time", as)
	}
	return nil
}

// aside moves away what tells how far the old store was: the restored one ends
// before that.
func (s *service) aside() error {
	var errs []error
	for _, path := range []string{s.water(), s.cfg.Audit.Checkpoints} {
		err := os.Rename(path, path+time.Now().UTC().Format(".before-restore-20060102T150405"))
		if !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// within opens the store at a place of its own for f.
func (s *service) within(ctx context.Context, k keys, place string, f func(*opened) error) (err error) {
	var b *bus.Bus
	if s.cfg.NATS.URL != "" {
		b, err = s.openBus(ctx, k)
	} else {
		o := s.busOptions(k)
		o.Dir, o.Water = place, ""
		b, err = bus.Start(ctx, o)
	}
	if err != nil {
		return err
	}
	// What vouches for the old store from outside says nothing about this one.
	alone := *s
	alone.cfg.Audit.Checkpoints = ""
	o, err := alone.openOn(ctx, b, k)
	if err != nil {
		return err
	}
	return errors.Join(f(o), o.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
