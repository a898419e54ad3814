package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"triage/internal/alert"
	"triage/internal/bus"
	"triage/internal/ingest"
	"triage/internal/respond/board"
	"triage/internal/store"
)

// web serves the pages and what machines ask for.
type web struct {
	pages  http.Handler // nil: this process has none
	hooks  http.Handler // what providers of alerts send back
	duty   *alert.Duty
	bus    *bus.Bus
	board  *board.Board
	health func() []ingest.Health
	stores *store.Store
	proxy  string // whose X-Forwarded-For is believed; empty: nobody's
}

func (w web) serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: w.routes(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	if pages, streams := w.pages.(interface{ Close() }); streams { // which would keep it from stopping
		server.RegisterOnShutdown(pages.Close)
	}
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(over)
		end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if server.Shutdown(end) != nil {
			_ = server.Close()
		}
	})
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		stop()
		return fmt.Errorf("serve the page: %w", err)
	}
	<-over // pages that were being answered
	return nil
}

func (w web) routes() http.Handler {
	mux := http.NewServeMux()
	if w.pages != nil {
		mux.Handle("/", w.behind(w.pages))
		mux.Handle("/hooks/", w.hooks)
	}
	mux.HandleFunc("GET /healthz", func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", w.ready)
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(w, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	return mux
}

// behind lets pages see who asked the proxy, not the proxy.
func (w web) behind(next http.Handler) http.Handler {
	if w.proxy == "" {
		return next
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		from, port, err := net.SplitHostPort(r.RemoteAddr)
		if err == nil && net.ParseIP(from).Equal(net.ParseIP(w.proxy)) {
			hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
			if ip := net.ParseIP(strings.TrimSpace(hops[len(hops)-1])); ip != nil {
				r = r.Clone(r.Context())
				r.RemoteAddr = net.JoinHostPort(ip.String(), port)
			}
		}
		next.ServeHTTP(rw, r)
	})
}

// ready answers whether the store and the index are up. A platform's silence
// shows in the sources and takes nothing away.
func (w web) ready(rw http.ResponseWriter, _ *http.Request) {
	answer := struct {
		Ready   bool            `json:"ready"`
		Why     string          `json:"why,omitempty"`
		Sources []ingest.Health `json:"sources"`
	}{Ready: true, Sources: w.health()}
	for i := range answer.Sources {
		answer.Sources[i].Withheld = nil // ids are for those who sign in
	}
	status := http.StatusOK
	if err := w.bus.Healthy(); err != nil {
		answer.Ready, answer.Why, status = false, err.Error(), http.StatusServiceUnavailable
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(answer)
}

var (
	casesDesc    = prometheus.NewDesc("triage_cases", "Cases by lane and state.", []string{"lane", "state"}, nil)
	commentsDesc = prometheus.NewDesc("triage_comments_total", "Comments handed on since the start.", []string{"platform", "account"}, nil)
	eventsDesc   = prometheus.NewDesc("triage_events", "Events kept: each version of each comment, and its verdict.", []string{"topic"}, nil)
	upDesc       = prometheus.NewDesc("triage_source_up", "Whether the last sweep of the account succeeded.", []string{"platform", "account"}, nil)
	lastDesc     = prometheus.NewDesc("triage_source_last_success_timestamp_seconds", "When a sweep of the account last succeeded.", []string{"platform", "account"}, nil)
)

var (
	alertsDesc  = prometheus.NewDesc("triage_alerts", "What is wrong now, by severity; calling: nobody has acknowledged it.", []string{"severity", "calling"}, nil)
	channelDesc = prometheus.NewDesc("triage_channel_up", "Whether the channel took the last notice.", []string{"channel"}, nil)
)

// Describe implements prometheus.Collector.
func (w web) Describe(c chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{casesDesc, commentsDesc, eventsDesc, upDesc, lastDesc, alertsDesc, channelDesc} {
		c <- d
	}
}

// Collect implements prometheus.Collector.
func (w web) Collect(c chan<- prometheus.Metric) {
	for s, n := range w.board.Standings() {
		c <- prometheus.MustNewConstMetric(casesDesc, prometheus.GaugeValue, float64(n), string(s.Lane), string(s.State))
	}
	w.collectEvents(c)
	w.collectAlerts(c)
	for _, h := range w.health() {
		up := 0.0
		if h.OK() {
			up = 1
		}
		c <- prometheus.MustNewConstMetric(commentsDesc, prometheus.CounterValue, float64(h.Comments), h.Platform, h.Account)
		c <- prometheus.MustNewConstMetric(upDesc, prometheus.GaugeValue, up, h.Platform, h.Account)
		if !h.LastOK.IsZero() {
			c <- prometheus.MustNewConstMetric(lastDesc, prometheus.GaugeValue, float64(h.LastOK.Unix()), h.Platform, h.Account)
		}
	}
}

func (w web) collectAlerts(c chan<- prometheus.Metric) {
	type kind struct{ severity, calling string }
	count := map[kind]int{}
	for _, s := range w.duty.Standing() {
		count[kind{string(s.Alert.Severity), fmt.Sprint(s.Alert.Severity == alert.Page && s.Ack == nil && s.HiddenBy == "")}]++
	}
	for k, n := range count {
		c <- prometheus.MustNewConstMetric(alertsDesc, prometheus.GaugeValue, float64(n), k.severity, k.calling)
	}
	for _, s := range w.duty.States.All() {
		up := 0.0
		if s.Failing.IsZero() {
			up = 1
		}
		c <- prometheus.MustNewConstMetric(channelDesc, prometheus.GaugeValue, up, s.Channel)
	}
}

func (w web) collectEvents(c chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for topic, count := range map[string]func(context.Context) (uint64, error){
		"comments": w.stores.Comments.Count, "verdicts": w.stores.Verdicts.Count,
	} {
		if n, err := count(ctx); err == nil {
			c <- prometheus.MustNewConstMetric(eventsDesc, prometheus.GaugeValue, float64(n), topic)
		}
	}
}
