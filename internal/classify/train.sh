#!/bin/sh
# Learns the shipped network anew, with the labelled texts beside the checkout:
# the same bytes every time on one kind of processor, in some ten minutes.
set -eu
cd "$(dirname "$0")"
data=../../../shared/data
go run ../../cmd/triage train --vectors learn/vectors.bin --out model/network.bin --name network-2 \
	--written learn/written/en.jsonl --written learn/written/es.jsonl --written learn/written/fr.jsonl \
	--texts "$data/reviews.unlabelled.jsonl.gz" \
	"$data/reviews.train.jsonl" "$data/comments.train.jsonl" learn/labels.jsonl
