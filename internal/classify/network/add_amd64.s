#include "textflag.h"

// func addAVX2(dst *int16, src *int8, n int)
TEXT ·addAVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX

add:
	VPMOVSXBW (SI), Y0
	VPMOVSXBW 16(SI), Y1
	VPADDW (DI), Y0, Y0
	VPADDW 32(DI), Y1, Y1
	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	ADDQ $32, SI
	ADDQ $64, DI
	SUBQ $32, CX
	JNZ add
	VZEROUPPER
	RET

// func setAVX2(dst *int16, src *int8, n int)
TEXT ·setAVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX

set:
	VPMOVSXBW (SI), Y0
	VPMOVSXBW 16(SI), Y1
	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	ADDQ $32, SI
	ADDQ $64, DI
	SUBQ $32, CX
	JNZ set
	VZEROUPPER
	RET

// func poolAVX2(best, rows *int16, filters, columns, places int)
// For each of the four widths and sixteen filters at a time: over all places,
// the sum of the rows' answers at the offsets, and the greatest of the sums.
// Rows lie one after the other; four rows of zeros... are the caller's.
TEXT ·poolAVX2(SB), NOSPLIT, $0-40
	MOVQ best+0(FP), DI
	MOVQ rows+8(FP), SI
	MOVQ filters+16(FP), R8
	SHLQ $1, R8              // bytes of one offset
	MOVQ columns+24(FP), R9
	SHLQ $1, R9              // bytes of one row
	MOVQ places+32(FP), R10
	LEAQ (R9)(R9*2), R11     // three rows
	LEAQ (R8)(R8*2), R12     // three offsets
	LEAQ (R12)(R8*2), R13    // five offsets
	XORQ BX, BX              // byte of the filter

block:
	// width 1 at offset 0; width 2 at 1, 2; width 3 at 3, 4, 5; width 5 at 6 to 10
	VMOVDQU (DI)(BX*1), Y0
	LEAQ (DI)(BX*1), R14
	ADDQ R8, R14
	VMOVDQU (R14), Y1
	ADDQ R8, R14
	VMOVDQU (R14), Y2
	ADDQ R8, R14
	VMOVDQU (R14), Y3
	LEAQ (SI)(BX*1), AX      // this row, this filter
	MOVQ R10, CX

place:
	VPMAXSW (AX), Y0, Y0
	LEAQ (AX)(R8*1), DX      // offset 1 of this row
	LEAQ (DX)(R9*1), R14     // the next row
	VMOVDQU (DX), Y4
	VPADDW (R14)(R8*1), Y4, Y4
	VPMAXSW Y4, Y1, Y1
	ADDQ R12, DX             // offset 4 of this row... less one
	SUBQ R8, DX              // offset 3
	VMOVDQU (DX), Y5
	LEAQ (DX)(R9*1), R14
	VPADDW (R14)(R8*1), Y5, Y5
	LEAQ (R14)(R9*1), R14
	VPADDW (R14)(R8*2), Y5, Y5
	VPMAXSW Y5, Y2, Y2
	ADDQ R12, DX             // offset 6
	VMOVDQU (DX), Y6
	LEAQ (DX)(R9*1), R14
	VPADDW (R14)(R8*1), Y6, Y6
	ADDQ R9, R14
	VPADDW (R14)(R8*2), Y6, Y6
	ADDQ R9, R14
	VPADDW (R14)(R12*1), Y6, Y6
	ADDQ R9, R14
	VPADDW (R14)(R8*4), Y6, Y6
	VPMAXSW Y6, Y3, Y3
	ADDQ R9, AX
	DECQ CX
	JNZ place

	LEAQ (DI)(BX*1), R14
	VMOVDQU Y0, (R14)
	ADDQ R8, R14
	VMOVDQU Y1, (R14)
	ADDQ R8, R14
	VMOVDQU Y2, (R14)
	ADDQ R8, R14
	VMOVDQU Y3, (R14)
	ADDQ $32, BX
	CMPQ BX, R8
	JLT block
	VZEROUPPER
	RET

DATA bounds<>+0(SB)/4, $3000.0
DATA bounds<>+4(SB)/4, $-3000.0
GLOBL bounds<>(SB), RODATA|NOPTR, $8

// func projectAVX2(dst, w, vector *int16, pairs, blocks int, scales *float32, scale float32)
// Thirty-two columns at a time, in four sums of eight.
TEXT ·projectAVX2(SB), NOSPLIT, $0-52
	MOVQ dst+0(FP), DI
	MOVQ w+8(FP), SI
	MOVQ vector+16(FP), R8
	MOVQ pairs+24(FP), R9
	MOVQ blocks+32(FP), R10
	MOVQ scales+40(FP), R11
	VBROADCASTSS scale+48(FP), Y8
	VBROADCASTSS bounds<>+0(SB), Y9
	VBROADCASTSS bounds<>+4(SB), Y10

columns:
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	MOVQ R8, AX
	MOVQ R9, CX

pair:
	VPBROADCASTD (AX), Y4
	VPMADDWD (SI), Y4, Y5
	VPADDD Y5, Y0, Y0
	VPMADDWD 32(SI), Y4, Y6
	VPADDD Y6, Y1, Y1
	VPMADDWD 64(SI), Y4, Y5
	VPADDD Y5, Y2, Y2
	VPMADDWD 96(SI), Y4, Y6
	VPADDD Y6, Y3, Y3
	ADDQ $4, AX
	ADDQ $128, SI
	DECQ CX
	JNZ pair

	VCVTDQ2PS Y0, Y0
	VCVTDQ2PS Y1, Y1
	VCVTDQ2PS Y2, Y2
	VCVTDQ2PS Y3, Y3
	VMULPS (R11), Y0, Y0
	VMULPS 32(R11), Y1, Y1
	VMULPS 64(R11), Y2, Y2
	VMULPS 96(R11), Y3, Y3
	VMULPS Y8, Y0, Y0
	VMULPS Y8, Y1, Y1
	VMULPS Y8, Y2, Y2
	VMULPS Y8, Y3, Y3
	VMINPS Y9, Y0, Y0
	VMINPS Y9, Y1, Y1
	VMINPS Y9, Y2, Y2
	VMINPS Y9, Y3, Y3
	VMAXPS Y10, Y0, Y0
	VMAXPS Y10, Y1, Y1
	VMAXPS Y10, Y2, Y2
	VMAXPS Y10, Y3, Y3
	VCVTPS2DQ Y0, Y0
	VCVTPS2DQ Y1, Y1
	VCVTPS2DQ Y2, Y2
	VCVTPS2DQ Y3, Y3
	VPACKSSDW Y1, Y0, Y0
	VPACKSSDW Y3, Y2, Y2
	VPERMQ $0xD8, Y0, Y0
	VPERMQ $0xD8, Y2, Y2
	VMOVDQU Y0, (DI)
	VMOVDQU Y2, 32(DI)
	ADDQ $64, DI
	ADDQ $128, R11
	DECQ R10
	JNZ columns
	VZEROUPPER
	RET

// func layerAVX2(a, h, w *float32, n int)
TEXT ·layerAVX2(SB), NOSPLIT, $0-32
	MOVQ a+0(FP), DI
	MOVQ h+8(FP), AX
	MOVQ w+16(FP), SI
	MOVQ n+24(FP), CX
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2

filter:
	VBROADCASTSS (AX), Y3
	VMULPS (SI), Y3, Y4
	VADDPS Y4, Y0, Y0
	VMULPS 32(SI), Y3, Y5
	VADDPS Y5, Y1, Y1
	VMULPS 64(SI), Y3, Y6
	VADDPS Y6, Y2, Y2
	ADDQ $4, AX
	ADDQ $96, SI
	DECQ CX
	JNZ filter
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VZEROUPPER
	RET
