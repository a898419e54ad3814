package network

// The plain forms of what vector instructions do, to the same bits.

func setGo(dst []int16, src []int8) {
	for i, x := range src {
		dst[i] = int16(x)
	}
}

func addGo(dst []int16, src []int8) {
	for i, x := range src {
		dst[i] += int16(x)
	}
}

func poolGo(best, rows []int16, filters, places int) {
	columns := filters * offsets
	for p := range places {
		at := 0
		for k, w := range Widths {
			for f := range filters {
				sum := int16(0)
				for o := range w {
					sum += rows[(p+o)*columns+(at+o)*filters+f]
				}
				best[k*filters+f] = max(best[k*filters+f], sum)
			}
			at += w
		}
	}
}

func axpy4Go(alpha *[4]float32, x, y []float32) {
	for k, a := range alpha {
		for i, v := range x[k*len(y) : (k+1)*len(y)] {
			y[i] += float32(a * v)
		}
	}
}
