package network

import "math"

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

// block is how many columns are projected at a time.
const block = 32

// most is what a row's answer is cut to, so that a window's sum fits.
const most = 3000

func projectGo(dst, w, vector []int16, scales []float32, scale float32) {
	for c := range dst {
		at := c/block*block*len(vector) + c%block*2
		sum := int32(0)
		for i := 0; i < len(vector); i += 2 {
			sum += int32(vector[i])*int32(w[at]) + int32(vector[i+1])*int32(w[at+1])
			at += 2 * block
		}
		x := float32(float32(float32(sum)*scales[c]) * scale)
		dst[c] = int16(math.RoundToEven(float64(max(-most, min(most, x)))))
	}
}

func layerGo(a *[lanes]float32, h, w []float32) {
	for i, x := range h {
		for o, y := range w[i*lanes : (i+1)*lanes] {
			a[o] += float32(x * y)
		}
	}
}
