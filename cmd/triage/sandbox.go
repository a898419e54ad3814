package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/sandbox"
)

func sandboxCommand() *cobra.Command {
	var addr string
	var opt sandbox.Options
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Play the platforms on this machine, to rehearse and to test",
		Long: `sandbox answers on this machine as the platforms do, with an invented practice
and made-up tokens. Nothing leaves the machine. Its own controls are described in
docs/sandbox.md: they write comments as patients would, show what was answered,
and let things go wrong on purpose.

With --data what was written survives a restart; without, it is forgotten.`,
		Example: `  triage sandbox
  triage sandbox --addr 127.0.0.1:0 --data ./rehearsal
  curl -d '{"platform":"facebook","text":"My rash is back"}' http://127.0.0.1:8490/_sandbox/comments`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runSandbox(cmd.Context(), addr, opt, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8490", "address to listen on; port 0 takes a free one")
	cmd.Flags().StringVar(&opt.Dir, "data", "", "directory that keeps the state (default: memory only)")
	return cmd
}

// played are the accounts on the platforms that are played, and what lets a program
// in.
var played = []string{
	"facebook.page=" + sandbox.PageID, "facebook.token=" + sandbox.PageToken,
	"instagram.account=" + sandbox.InstagramID, "instagram.token=" + sandbox.InstagramToken,
	"x.user=" + sandbox.XUserID, "x.consumer_key=" + sandbox.XConsumerKey, "x.consumer_secret=" + sandbox.XConsumerSecret,
	"x.access_token=" + sandbox.XToken, "x.access_secret=" + sandbox.XTokenSecret,
	"x.client_id=" + sandbox.XClientID, "x.client_secret=" + sandbox.XClientSecret, "x.refresh_token=" + sandbox.XRefreshToken,
	"wordpress.user=" + sandbox.WordPressUser, "wordpress.password=" + sandbox.WordPressPassword,
	"google.account=accounts/" + sandbox.GoogleAccount, "google.location=locations/" + sandbox.GoogleLocation,
	"google.client_id=" + sandbox.GoogleClientID, "google.client_secret=" + sandbox.GoogleClientSecret, "google.refresh_token=" + sandbox.GoogleRefreshToken,
}

// runSandbox plays until ctx ends.
func runSandbox(ctx context.Context, addr string, opt sandbox.Options, stdout io.Writer) error {
	listener, err := listen(addr)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	box, err := sandbox.New(opt)
	if err != nil {
		return err
	}
	defer func() { _ = box.Close() }()
	if _, err := fmt.Fprint(stdout, "sandbox=http://", listener.Addr(), "\n", strings.Join(played, "\n"), "\n"); err != nil {
		return err
	}
	return serveUntil(ctx, listener, box)
}

// listen opens an address, before anything else is started, or says in one
// sentence what to do.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("the address %s is in use, perhaps by another triage: stop that one, or choose a free port, such as 127.0.0.1:0, with --addr or review.addr", addr)
	case err != nil:
		return nil, fmt.Errorf("the address %q cannot be listened on (%v): choose another HOST:PORT with --addr or review.addr", addr, errors.Unwrap(err))
	}
	return l, nil
}

// serveUntil serves until ctx ends, then lets requests under way finish.
func serveUntil(ctx context.Context, listener net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if server.Shutdown(ending) != nil {
		return server.Close()
	}
	return nil
}
