package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"triage/internal/bus"
)

func keyCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Change the practice's key, list its keys",
		Long: `The key file (data.key_file) holds the practice's keys, one a line, the newest
first. The store on the disk, new texts and new backups are sealed under the first.

The others stay below it: older texts and backups are under them, and nothing opens
those without their line. The last line is the practice's first key. Ids and the
audit's chain are made from it for ever, so it never goes: whoever gets hold of it
can tell which comment an id stands for and forge the chain, but opens nothing that
is under a newer key.

Back the file up after every change, apart from the data.`,
		Example: `  triage key rotate --config /etc/triage/config.toml
  triage key list --config /etc/triage/config.toml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar(&path, "config", "config.toml", "the configuration file")
	cmd.AddCommand(keyNew(&path), keyRotate(&path), keyList(&path))
	return cmd
}

func keyNew(path *string) *cobra.Command {
	return &cobra.Command{
		Use:   "new",
		Short: "Make the practice's first key",
		Long: `Makes the key file with the practice's first key, where there is none. A service
with a store of its own does so by itself at its first start. With NATS servers of
your own (nats.url) make it once, and copy the file to every machine.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadForOrder(*path)
			if err != nil {
				return err
			}
			name, err := (&service{cfg: cfg}).firstKey()
			if err != nil {
				return fmt.Errorf("make a key: %w", err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "key=%s\nBack up %s now, apart from the data.\n", name, cfg.Data.KeyFile)
			return err
		},
	}
}

// firstKey makes the key file and returns the name of its key.
func (s *service) firstKey() (name string, err error) {
	path := s.cfg.Data.KeyFile
	if _, err := os.Lstat(path); err == nil {
		return "", fmt.Errorf("%s is there already: nothing was changed; triage key rotate puts another key first", path)
	}
	m, err := makeKey(path, s.storeDir())
	if err != nil {
		return "", err
	}
	return keyName(m[0]), handBack(s.cfg.Data.Dir)
}

func keyRotate(path *string) *cobra.Command {
	var print bool
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Put a new key first and the store under it",
		Long: `Puts a new key first in the key file and writes the store anew under it, beside
the old one, which needs as much room again. The service must be stopped. Cut short
at any instant, nothing is lost, and the next start or triage key rotate goes on.

Where the key file cannot be written, as with a credential of systemd, --print
prints a new line: put it first in the file, and the next start does the rest.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if print {
				_, err := fmt.Fprintln(cmd.OutOrStdout(), newKeyLine())
				return err
			}
			cfg, err := loadForOrder(*path)
			if err != nil {
				return err
			}
			s := &service{cfg: cfg, log: zap.NewNop()}
			name, err := s.rotate(cmd.Context())
			if err == nil {
				err = s.noteRotation(cmd.Context(), name)
			}
			if err != nil {
				return fmt.Errorf("rotate the key: %w", err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "key=%s\nBack up %s now, apart from the data; older lines stay in it.\n", name, cfg.Data.KeyFile)
			return err
		},
	}
	cmd.Flags().BoolVar(&print, "print", false, "only print a new line for the key file")
	return cmd
}

// noteRotation tells the audit.
func (s *service) noteRotation(ctx context.Context, name string) error {
	o, err := s.open(ctx)
	if err != nil {
		return err
	}
	by := operator("")
	by.Do, by.Note = "key-rotated", name
	return errors.Join(o.Audit.Append(ctx, by), o.Close())
}

// rotate puts a new key first and the store under it, or ends a rotation that
// was cut short. It returns the name of the key that is first now.
func (s *service) rotate(ctx context.Context) (name string, err error) {
	path := s.cfg.Data.KeyFile
	m, err := readKeys(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s is missing: put the key back from its backup", path)
	}
	if err != nil {
		return "", fmt.Errorf("key file: %w", err)
	}
	k, err := m.derive()
	if err != nil {
		return "", err
	}
	at, err := bus.KeyOf(s.storeDir(), k.stores)
	if err == nil && at > 0 {
		return keyName(m[0]), s.rekey(ctx, k, at, nil)
	}
	line := newKeyLine()
	next, invalid := parseKeys(line)
	if next = append(next, m...); len(next) > mostKeys || invalid != nil {
		return "", errors.Join(fmt.Errorf("key file: %s holds %d keys, the most there may be: take out the oldest but the last that no backup needs", path, len(m)), invalid)
	}
	put := func() error { return putFirst(path, line, m) }
	if errors.Is(err, bus.ErrNotFound) {
		return keyName(next[0]), put() // there is no store of ours at rest
	}
	if err != nil {
		return "", err
	}
	if k, err = next.derive(); err != nil {
		return "", err
	}
	return keyName(next[0]), s.rekey(ctx, k, 1, put)
}

// underNewest puts the store under the newest key, if it is still under an older
// one: a rotation was cut short, or somebody put a line into the key file.
func (s *service) underNewest(ctx context.Context, k keys) error {
	at, err := bus.KeyOf(s.storeDir(), k.stores)
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		return err
	}
	if err != nil || at <= 0 {
		return nil // what is under none of them is refused when it is opened
	}
	s.log.Info("the store goes under the newest key of the key file")
	return s.rekey(ctx, k, at, nil)
}

// rekey takes the store from the key that it is under to the newest.
func (s *service) rekey(ctx context.Context, k keys, at int, before func() error) error {
	return bus.Rekey(ctx, bus.Rekeying{Options: s.busOptions(k), Old: k.stores[at], Before: before})
}

func keyList(path *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the keys by their names, never as they are", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadForOrder(*path)
			if err != nil {
				return err
			}
			m, err := readKeys(cfg.Data.KeyFile)
			if err != nil {
				return fmt.Errorf("key file: %w", err)
			}
			k, err := m.derive()
			if err != nil {
				return err
			}
			at, err := bus.KeyOf((&service{cfg: cfg}).storeDir(), k.stores)
			if err != nil && !errors.Is(err, bus.ErrNotFound) {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for i, master := range m {
				_, _ = fmt.Fprintf(w, "%s\t%s\n", keyName(master), m.use(i, at))
			}
			if err == nil && at < 0 {
				_, _ = fmt.Fprintln(w, "The store is under none of these: put the right key file back.")
			}
			return w.Flush()
		},
	}
}

// use says what the i-th key is good for, with the store under the at-th.
func (m masters) use(i, at int) string {
	var uses []string
	if i == 0 {
		uses = append(uses, "current")
	}
	if i == at {
		uses = append(uses, "the store is under it")
	}
	if i > 0 {
		uses = append(uses, "older texts and backups")
	}
	if i == len(m)-1 {
		uses = append(uses, "ids and audit")
	}
	return strings.Join(uses, ", ")
}
