package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"triage/internal/ingest/facebook"
	"triage/internal/ingest/google"
	"triage/internal/ingest/instagram"
	"triage/internal/ingest/wordpress"
	"triage/internal/ingest/x"
	"triage/internal/respond"
	"triage/internal/sandbox"
)

// demoUser is who signs in there.
const demoUser = "marta"

// demo is triage run on a configuration of its own, with the sandbox beside it
// and somebody who writes comments there.
type demo struct {
	addr, data, comments string
	pace, undo           time.Duration
}

func demoCommand() *cobra.Command {
	var d demo
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work: everything on this machine, nothing to configure",
		Long: `Starts the whole service with stand-ins of the platforms, on this machine only.
Invented comments arrive as people write them; open the page it prints, sign in,
and decide. Nothing leaves this machine. Ctrl-C stops it; the next start goes on
where it stopped.`,
		Example: `  triage demo
  triage demo --comments my-export.csv     your own comments, all at once
  triage demo --addr 127.0.0.1:0           any free port`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return d.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&d.addr, "addr", "127.0.0.1:8480", "address of the page")
	f.StringVar(&d.data, "data", demoDir(), "directory that keeps the demo's state")
	f.StringVar(&d.comments, "comments", "", "file with comments to use instead of the invented ones (JSONL, CSV or text)")
	f.DurationVar(&d.pace, "pace", 12*time.Second, "time from one invented comment to the next")
	f.DurationVar(&d.undo, "undo", 20*time.Second, "how long an approved reply can be undone")
	return cmd
}

// demoDir is where the demo keeps its state when nobody says otherwise.
func demoDir() string {
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "triage-demo")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "state", "triage-demo")
	}
	return filepath.Join(os.TempDir(), "triage-demo")
}

func (d demo) run(ctx context.Context, stdout, stderr io.Writer) error {
	page, err := listen(d.addr)
	if err != nil {
		return err
	}
	defer func() { _ = page.Close() }()
	platform, err := listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &service{cfg: d.config(page, platform), out: stdout, log: newLog("warn", stderr), page: page, user: demoUser}
	box, err := sandbox.New(sandbox.Options{Dir: filepath.Join(d.data, "sandbox"), Log: s.log.Named("sandbox")})
	if err != nil {
		return errors.Join(err, platform.Close())
	}
	defer func() { _ = box.Close() }()
	f := &feeder{demo: d, stderr: stderr, url: "http://" + platform.Addr().String()}
	if err := f.load(); err != nil {
		return errors.Join(err, platform.Close())
	}
	g, ctx := errgroup.WithContext(ctx)
	s.ready = func(login string) {
		_, _ = fmt.Fprintf(stdout, "page=%s\nsandbox=%s\nlogin=%s\n", s.cfg.Review.URL, f.url, login)
		_, _ = fmt.Fprintf(stdout, "data=%s\n\nOpen the page and sign in. Alerts to on-call appear below. Ctrl-C stops.\n\n", d.data)
	}
	g.Go(func() error { return serveUntil(ctx, platform, box) })
	g.Go(func() error { return f.run(ctx) })
	g.Go(func() error { return s.run(ctx) })
	return g.Wait()
}

// config is what the demo's practice would have in its file.
func (d demo) config(page, platform net.Listener) config {
	c := defaults()
	c.Practice = respond.Practice{
		Name: "Cedar Family Practice", Phone: "(503) 555-0142", Booking: "https://cedar.example/talk",
		Staff:     []string{"Dr. Elena Ruiz", "Dr. Patel", "Dr. Nguyen", "Marta", "Priya"},
		Languages: []string{"en", "es", "fr"},
	}
	c.Data.Dir = d.data
	c.reachedAt(page)
	c.Posting = postingConfig{Mode: reviewMode, Undo: duration{d.undo}, DailyCap: 200, ThreadCap: 50, ReadBack: duration{10 * time.Second}}
	c.Alerts.Team = []string{terminalChannel} // you sit before it, on call
	c.Alerts.Person = []personConfig{{Name: demoUser, Reach: []string{terminalChannel}}}
	c.playAccounts("http://" + platform.Addr().String())
	c.accountDefaults()
	return c
}

// playAccounts configures the accounts that the sandbox at url plays.
func (c *config) playAccounts(url string) {
	every := accountConfig{Every: duration{2 * time.Second}}
	seldom := accountConfig{Every: duration{5 * time.Second}} // X grants 300 calls in 15 minutes
	c.Facebook = []facebookConfig{{every, facebook.Config{Page: sandbox.PageID, Token: sandbox.PageToken, BaseURL: url}}}
	c.Instagram = []instagramConfig{{every, instagram.Config{Account: sandbox.InstagramID, Page: sandbox.PageID, Token: sandbox.PageToken, BaseURL: url}}}
	c.X = []xConfig{{seldom, x.Config{User: sandbox.XUserID, ConsumerKey: sandbox.XConsumerKey, ConsumerSecret: sandbox.XConsumerSecret,
		AccessToken: sandbox.XToken, AccessSecret: sandbox.XTokenSecret, BaseURL: url}}}
	c.WordPress = []wordpressConfig{{every, wordpress.Config{Site: url, User: sandbox.WordPressUser, Password: sandbox.WordPressPassword, Days: 14}}}
	c.Google = []googleConfig{{every, google.Config{Account: "accounts/" + sandbox.GoogleAccount, Location: "locations/" + sandbox.GoogleLocation,
		ClientID: sandbox.GoogleClientID, ClientSecret: sandbox.GoogleClientSecret, RefreshToken: sandbox.GoogleRefreshToken, BaseURL: url}}}
}

//go:embed demo_comments.txt
var demoComments []byte

// feeder writes comments to the sandbox as people do, through its controls. It
// goes on after a restart where it was.
type feeder struct {
	demo
	stderr io.Writer
	url    string
	said   []said
	done   int
}

// said is a comment to be written.
type said struct{ platform, text string }

// inventedComments are those that the demo writes by itself, each where such things
// are said.
func inventedComments() (out []said) {
	for line := range strings.Lines(string(demoComments)) {
		platform, text, _ := strings.Cut(strings.TrimSpace(line), "\t")
		out = append(out, said{platform, text})
	}
	return out
}

// atOnce is how many of the invented comments are there from the beginning.
const atOnce = 6

func (f *feeder) load() error {
	raw, err := os.ReadFile(f.state())
	if err == nil {
		f.done, _ = strconv.Atoi(strings.TrimSpace(string(raw)))
	}
	if f.comments == "" {
		f.said = inventedComments()
		return nil
	}
	records, err := openRecords(f.comments, nil, "", "")
	if err != nil {
		return err
	}
	defer func() { _ = records.Close() }()
	for {
		rec, err := records.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.comments, err)
		}
		if rec.Err != nil {
			_, _ = fmt.Fprintf(f.stderr, "triage: %s: line %d passed over: %v\n", f.comments, rec.Line, rec.Err)
			continue
		}
		f.said = append(f.said, said{facebook.Platform, rec.Text})
	}
}

func (f *feeder) state() string {
	name := "fed"
	if f.comments != "" {
		name += "-" + strings.Map(func(r rune) rune {
			if strings.ContainsRune("/\\:", r) {
				return '_'
			}
			return r
		}, f.comments)
	}
	return filepath.Join(f.data, name)
}

// run writes comments until they are over: the invented ones start anew then,
// as if by other people; a file's come all at once, and once.
func (f *feeder) run(ctx context.Context) error {
	for len(f.said) > 0 && ctx.Err() == nil {
		if f.comments != "" && f.done >= len(f.said) {
			break
		}
		if f.comments == "" && f.done >= atOnce {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(f.pace):
			}
		}
		if err := f.write(ctx, f.said[f.done%len(f.said)]); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		f.done++
		if err := os.WriteFile(f.state(), []byte(strconv.Itoa(f.done)), 0o600); err != nil {
			return fmt.Errorf("demo: remember what was written: %w", err)
		}
	}
	return nil
}

var demoAuthors = []string{"Pat Example", "Sam Rivers", "Alex Stone", "Robin Lake", "Jo Field"}

func (f *feeder) write(ctx context.Context, s said) error {
	body, err := json.Marshal(map[string]string{"platform": s.platform, "text": s.text, "author": demoAuthors[f.done%len(demoAuthors)]})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	// Ctrl-C does not cut a comment in two, or the next start would write it again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.url+"/_sandbox/comments", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("demo: write a comment to the sandbox: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("demo: the sandbox did not take a comment: HTTP %d", resp.StatusCode)
	}
	return nil
}
