/** The one style sheet of all pages, served or saved. No address in it leads anywhere. */
export const STYLE = `
:root{--ink:#1c2733;--soft:#566577;--line:#d9e0e8;--paper:#f4f6f9;--card:#fff;--blue:#0b4f86;--blue-soft:#e8f1f9;--red:#a8201a;--red-soft:#fdecea;--amber:#855000;--amber-soft:#fff3d6;--yellow:#fff1b8;--green:#1c6b3c;--green-soft:#e6f4ea;--violet:#5b3d8f;--violet-soft:#f0eafa;--radius:10px;font-size:17px}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:76px}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.6;font-family:system-ui,-apple-system,"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC",sans-serif}
a{color:var(--blue);text-underline-offset:.18em;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid #f0a500;outline-offset:2px;border-radius:4px}
h1{font-size:1.65rem;line-height:1.3;margin:.2rem 0 1rem}
h2{font-size:1.15rem;margin:0 0 .8rem;line-height:1.35}
h2 small{color:var(--soft);font-weight:400}
h3{font-size:1rem;margin:1.2rem 0 .5rem}h2+h3{margin-top:0}
p{margin:.4rem 0 .8rem}
.skip{position:absolute;left:-9999px}.skip:focus{left:1rem;top:1rem;background:#fff;padding:.5rem 1rem;z-index:9}
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.top{background:#fff;border-bottom:1px solid var(--line);position:sticky;top:0;z-index:5}
.top .inner{max-width:1400px;margin:0 auto;padding:.55rem 1.5rem;display:flex;align-items:center;gap:1.6rem;flex-wrap:wrap}
.brand{color:var(--ink);text-decoration:none;display:flex;flex-direction:column;line-height:1.25}
.brand b{font-size:1.1rem;color:var(--blue);letter-spacing:.04em}.brand span{font-size:.72rem;color:var(--soft)}
.top nav{display:flex;gap:.2rem;flex:1;flex-wrap:wrap}
.top nav a{padding:.45rem .85rem;border-radius:8px;text-decoration:none;color:var(--ink)}
.top nav a:hover{background:var(--paper)}
.top nav a[aria-current]{background:var(--blue);color:#fff}
.who{display:flex;gap:.7rem;align-items:center;color:var(--soft);font-size:.88rem}.who form{margin:0}
main{max-width:1200px;margin:0 auto;padding:1.5rem 1.5rem 4rem;outline:none}
main.wide{max-width:1400px}
.card{background:var(--card);border:1px solid var(--line);border-radius:var(--radius);padding:1.2rem 1.35rem;margin:0 0 1.1rem;box-shadow:0 1px 2px rgba(20,40,60,.04)}
.columns{display:grid;grid-template-columns:1fr 1fr;gap:1.1rem;align-items:start}
.columns>*{min-width:0}
.pair{display:grid;grid-template-columns:minmax(0,1.08fr) minmax(0,1fr);gap:1.1rem;align-items:start}
.pair>*{min-width:0}
.heading{display:flex;justify-content:space-between;align-items:center;gap:1rem;flex-wrap:wrap}
.actions{display:flex;gap:.5rem;flex-wrap:wrap;margin-bottom:.8rem}
.tiles{list-style:none;margin:0 0 1.1rem;padding:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:.8rem}
.tiles a{display:block;background:#fff;border:1px solid var(--line);border-radius:var(--radius);padding:.9rem 1.1rem;text-decoration:none;color:var(--ink);height:100%}
.tiles a:hover{border-color:var(--blue)}
.tiles b{display:block;font-size:1.9rem;line-height:1.2;font-variant-numeric:tabular-nums;color:var(--blue)}
.tiles .attention b{color:var(--red)}.tiles span{color:var(--soft);font-size:.92rem}
.button,button{font:inherit;display:inline-block;border:1px solid #b6c3d1;background:#fff;color:var(--ink);border-radius:8px;padding:.42rem .95rem;cursor:pointer;text-decoration:none;line-height:1.45}
.button:hover,button:hover{border-color:var(--blue);color:var(--blue)}
button.primary{background:var(--blue);border-color:var(--blue);color:#fff}button.primary:hover{background:#083d68}
button.quiet{border-color:transparent;background:transparent;color:var(--blue);text-decoration:underline}
input,select{font:inherit;color:inherit;border:1px solid #8fa0b2;border-radius:8px;padding:.42rem .7rem;background:#fff;max-width:100%}
input[type=checkbox]{width:1.15rem;height:1.15rem;accent-color:var(--blue)}
.filters{display:flex;flex-wrap:wrap;gap:.9rem 1.4rem;align-items:end}
.filters label>span,.form-fields label>span,.decision label>span{display:block;font-size:.85rem;color:var(--soft);margin-bottom:.15rem}
.filters .search{flex:1 1 260px}.filters .search input{width:100%}
.selects{display:flex;gap:.8rem;flex-wrap:wrap}.selects select{max-width:15rem}
.chips{border:0;margin:0;padding:0;display:flex;gap:.35rem;flex-wrap:wrap;align-items:center}
.chips legend{font-size:.85rem;color:var(--soft);padding:0;margin-bottom:.15rem}
.chip{position:relative}.chip input{position:absolute;opacity:0;inset:0;width:100%;height:100%;margin:0;cursor:pointer}
.chip span{display:block;border:1px solid #b6c3d1;border-radius:99px;padding:.32rem .85rem;background:#fff}
.chip input:checked+span{background:var(--blue);border-color:var(--blue);color:#fff}
.chip input:focus-visible+span{outline:3px solid #f0a500;outline-offset:2px}
.submit{display:flex;gap:.9rem;align-items:center}
.form-fields{max-width:640px;display:grid;gap:1rem}.form-fields input:not([type=checkbox]){width:100%}
.login main{max-width:460px;padding-top:12vh}
.count{color:var(--soft);margin:.2rem 0 .8rem}
.mark,.state{display:inline-block;border-radius:6px;padding:.05rem .55rem;font-size:.85rem;font-weight:600;white-space:nowrap}
.mark-error{background:var(--red-soft);color:var(--red)}.mark-warning{background:var(--amber-soft);color:var(--amber)}
.mark-info{background:var(--blue-soft);color:var(--blue)}.mark-doubt{background:var(--violet-soft);color:var(--violet)}
.state{font-weight:400;border:1px solid var(--line);color:var(--soft);background:#fff}
.state-confirmed{color:var(--red);border-color:#e5b5b1}.state-corrected,.state-accepted{color:var(--green);border-color:#b5d9c2}
.state-false_positive{color:var(--soft)}.state-lapsed{color:var(--amber);border-color:#e2c48b}
.worst,.findings{list-style:none;margin:0;padding:0}
.worst li{border-top:1px solid var(--line)}.worst li:first-child{border-top:0}
.worst a{display:block;padding:.7rem .2rem;color:var(--ink);text-decoration:none}.worst a:hover{background:var(--paper)}.worst a{display:-webkit-box;-webkit-line-clamp:3;-webkit-box-orient:vertical;overflow:hidden;padding:0;margin:.7rem .2rem}
.more{margin:1rem 0 0}
.findings .finding{display:flex;gap:.9rem;background:#fff;border:1px solid var(--line);border-left:5px solid var(--line);border-radius:8px;padding:.85rem 1.1rem;margin-bottom:.6rem}
.gravity-error{border-left-color:var(--red)!important}.gravity-warning{border-left-color:#d99a1b!important}.gravity-info{border-left-color:#6ea3cf!important}.gravity-doubt{border-left-color:#9b82c9!important}
.finding.current{box-shadow:0 0 0 3px #f0a500}
.finding .what{min-width:0;flex:1}.finding .sentence{color:var(--ink);text-decoration:none;overflow-wrap:anywhere}.finding .sentence:hover{color:var(--blue);text-decoration:underline}
.meta{color:var(--soft);font-size:.9rem;margin:.35rem 0 0;overflow-wrap:anywhere}
.pick{padding:.15rem .1rem;min-width:1.4rem}
.bulk{position:sticky;bottom:.6rem;display:flex;gap:.8rem;flex-wrap:wrap;align-items:center;box-shadow:0 4px 18px rgba(20,40,60,.16);padding:.8rem 1.1rem}
.grow{flex:1 1 220px}.grow input{width:100%}
.buttons{display:flex;gap:.5rem;flex-wrap:wrap}
.pager{display:flex;justify-content:space-between;margin:1rem 0}
.keys{color:var(--soft);font-size:.88rem}
kbd{font:inherit;font-size:.82rem;border:1px solid #b6c3d1;border-bottom-width:2px;border-radius:5px;padding:0 .4rem;background:#fff;color:var(--soft)}
.trail{display:flex;gap:.4rem;flex-wrap:wrap;align-items:center;margin-bottom:.8rem;color:var(--soft)}
.trail .walk{margin-left:auto;display:flex;gap:.5rem}
.notice{border-radius:8px;padding:.7rem 1rem;background:var(--blue-soft);border:1px solid #bcd7ee}
.notice-done{background:var(--green-soft);border-color:#b5d9c2;color:#124a29}.notice-problem{background:var(--amber-soft);border-color:#e8cd92;color:#5d3900}
.lead{border-left-width:5px}.lead h1{font-size:1.22rem;line-height:1.65;margin:.6rem 0 .4rem;font-weight:600;overflow-wrap:anywhere}
.decided{background:var(--paper);border-radius:8px;padding:.5rem .8rem}
.decision{display:flex;gap:1rem;flex-wrap:wrap;align-items:end;margin-top:1rem;padding-top:1rem;border-top:1px solid var(--line)}
.decision .buttons button{display:grid;grid-template-columns:auto 1fr;column-gap:.5rem;text-align:left;align-items:center;padding:.45rem .9rem}
.decision .buttons small{grid-column:1/3;color:var(--soft);font-size:.78rem}
.decision button.chosen{border-color:var(--blue);box-shadow:inset 0 0 0 1px var(--blue);background:var(--blue-soft)}
.decision button.quiet{display:inline-block}
button:disabled{opacity:.55;cursor:progress}.waiting{color:var(--soft)}
.tabs{display:flex;gap:.6rem;flex-wrap:wrap;margin-bottom:.9rem}.tabs a{border:1px solid var(--line);border-radius:999px;background:#fff;padding:.3rem 1rem;text-decoration:none}.tabs a[aria-current]{background:var(--blue);border-color:var(--blue);color:#fff}
.scroll,.form-scroll{overflow-x:auto}
table{border-collapse:collapse}
table.list{width:100%;font-size:.94rem}
.list th,.list td{padding:.5rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}
.list thead th{color:var(--soft);font-size:.86rem;border-bottom:2px solid var(--line)}
.list tbody tr:last-child>*{border-bottom:0}
.list .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.list small{display:block;color:var(--soft)}
.list tbody th{overflow-wrap:anywhere;min-width:5.4em}.list td{min-width:4.2em}.list td.number{min-width:3em}.list .time{white-space:nowrap}.unread tbody th{min-width:11em}.unread td{min-width:9em}
.years tbody tr:nth-child(even){background:#f9fafc}.years tbody th{min-width:14rem}
.form{width:100%;font-size:.82rem;line-height:1.4;background:#fff}
.form caption,.sum caption{text-align:left;font-weight:600;padding:0 0 .6rem;font-size:1.05rem}
.form th,.form td{border:1px solid #8796a6;padding:.3rem .35rem;text-align:center;font-weight:400}
.form th{background:#f2f5f8}.form tbody th[scope=row]{text-align:left;min-width:6.5rem}
.form .corner{color:var(--soft);font-size:.76rem}.form .outer{writing-mode:vertical-rl;min-width:2rem;letter-spacing:.15em}.form .group{max-width:4.2rem}
.form .article{background:#e6ecf2}
.form td{font-variant-numeric:tabular-nums;font-size:.95rem;min-width:2.9rem}
.form-t4{table-layout:fixed;min-width:540px}.form-t4 .narrow{font-size:.76rem;padding:.3rem .12rem}.form-t4 td{min-width:0;padding:.4rem .1rem}
.form td a{color:inherit;text-decoration:none;display:block}.form td a:hover{text-decoration:underline}
.form .zero{color:#5f6b78}
td.involved{background:var(--yellow)}
td.culprit{background:#fbd3cf;box-shadow:inset 0 0 0 2px var(--red);font-weight:700}
.form .suggested{display:block;font-size:.74rem;font-weight:400;color:var(--red);line-height:1.25}
.word{font-style:normal;color:#6a5a1c;font-size:.78rem}.is-blank,.is-absent,.is-unreadable{background:repeating-linear-gradient(135deg,#fff,#fff 5px,#f3f1e6 5px,#f3f1e6 10px)}
td.involved.is-blank{background:var(--yellow)}
.unsure{text-decoration:underline dotted #a06a00 2px;text-underline-offset:.25em}
.legend{font-size:.85rem;color:var(--soft);margin:.7rem 0 0}.swatch{display:inline-block;width:1.1rem;height:.9rem;border:1px solid #8796a6;vertical-align:-.1rem;margin-left:.6rem}.swatch:first-child{margin-left:0}.swatch{margin-right:.35rem}.swatch.involved{background:var(--yellow)}.swatch.culprit{background:#fbd3cf;border:2px solid var(--red)}
.sums{display:flex;gap:1.4rem;flex-wrap:wrap}
.sum{font-size:.95rem;font-variant-numeric:tabular-nums}.sum caption{font-size:.92rem;color:var(--soft);font-weight:400;padding-bottom:.25rem}
.sum th{font-weight:400;text-align:left;padding:.12rem 1rem .12rem 0}.sum td{text-align:right;padding:.12rem .3rem;min-width:1.4rem}.sum td:last-child{min-width:3.2rem;font-size:1.05rem}
.sum .total>*{border-top:1.5px solid var(--ink)}.sum .printed>*{color:var(--soft)}.sum .difference>*{color:var(--red);font-weight:700}
.suggestions{margin-top:1rem}.suggestions li{margin-bottom:.4rem}.change{display:inline-block;background:var(--red-soft);border-radius:6px;padding:0 .5rem;margin-right:.3rem;font-weight:700}.change del{color:var(--soft);font-weight:400}.change ins{text-decoration:none;color:var(--red)}
.plain{padding-left:1.2rem;margin:0}.plain li{margin-bottom:.5rem;overflow-wrap:anywhere}ul.plain{list-style:none;padding-left:0}
.evidence{list-style:none;padding:0;margin:0}.evidence li{margin-bottom:.5rem}.evidence .kind{display:inline-block;color:var(--soft);font-size:.85rem;margin-right:.6rem}.evidence q{background:var(--yellow)}
.note{color:var(--soft);font-size:.86rem}.empty{color:var(--soft)}.empty.good{color:var(--green)}
.history{padding-left:1.2rem;margin:0}.history time{color:var(--soft);font-size:.9rem;margin-left:.4rem}
.pairing{display:inline-block;margin-right:1rem}
.original{position:sticky;top:76px}
.original .links{display:flex;gap:.5rem;align-items:center;flex-wrap:wrap}.original .name{color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}
.where{margin:.2rem 0 .5rem;color:var(--soft);font-size:.9rem}.where b{color:var(--ink)}
.rendition{width:100%;height:68vh;min-height:360px;border:1px solid var(--line);border-radius:8px;background:#fff}
.pages{max-height:72vh;overflow:auto;border:1px solid var(--line);border-radius:8px;background:#5b6672;padding:.6rem}
.page{margin:0 0 .6rem}.page figcaption{color:#fff;font-size:.8rem}.page svg{width:100%;min-width:620px;height:auto;background:#fff;display:block}
.frame{fill:#ffd53a;fill-opacity:.28;stroke:#c98a00;stroke-width:.8}.frame-suspect{fill:#ff5a4d;fill-opacity:.16;stroke:#c4170c;stroke-width:2}
.as-read-paper{fill:#fff}.as-read{fill:#8c120c;font-weight:700}
.narrative p{max-width:46em}.read{text-decoration:underline 2px #d99a1b;text-underline-offset:.25em}
.choice{margin-bottom:.8rem}
.chart{margin:0;max-width:760px}.drawn{margin-top:1.3rem}.chart svg{width:100%;height:auto;display:block}
.chart .grid{stroke:#e3e8ee}.tick{font-size:13px;fill:#566577}.bar-label{fill:#1c2733}.bar-value{font-size:14px;fill:#1c2733;font-weight:600}
.line{fill:none;stroke-width:3;stroke-linejoin:round}.line-a{stroke:#0b4f86}.line-b{stroke:#c2571a}.line-c{stroke:#2f8f6b}
.dot-a{fill:#0b4f86}.dot-b{fill:#c2571a}.dot-c{fill:#2f8f6b}.bar-a{fill:#0b4f86}.bar-b{fill:#c2571a}.bar-c{fill:#2f8f6b}
.chart figcaption{display:flex;gap:1.2rem;font-size:.9rem;flex-wrap:wrap}.key:before{content:"";display:inline-block;width:1.2rem;height:4px;border-radius:2px;margin-right:.45rem;vertical-align:middle;background:#0b4f86}.key-b:before{background:#c2571a}.key-c:before{background:#2f8f6b}
.only-print,.only-print-block{display:none}
code{font-size:.85em}
@media (max-width:1050px){.columns,.pair{grid-template-columns:minmax(0,1fr)}.original{position:static}}
@media (max-width:640px){:root{font-size:16px}.top{position:static}.top .inner{padding:.6rem 1rem;gap:.5rem}.top nav{order:3;flex-basis:100%;overflow-x:auto;flex-wrap:nowrap}.top nav a{white-space:nowrap;padding:.4rem .65rem}.brand span{display:none}.who{margin-left:auto}main{padding:1rem .8rem 3rem}.card{padding:.95rem .9rem}h1{font-size:1.35rem}.tiles{grid-template-columns:1fr 1fr}.decision .buttons{width:100%}.decision .buttons button{flex:1 1 45%;grid-template-columns:1fr}.decision kbd,.keys{display:none}.decision .buttons small{grid-column:auto}.form{min-width:620px}.bulk{position:static}.trail .walk{margin-left:0;width:100%}.selects{width:100%}.selects label{flex:1 1 45%}.selects select{width:100%}.page svg{min-width:520px}}
@media print{:root{font-size:11pt}body{background:#fff}.top,.no-print,.skip,.keys,.original{display:none!important}main,main.wide{max-width:none;padding:0}.card{border:0;box-shadow:none;padding:0;break-inside:auto;margin-bottom:1em}.pair,.columns{display:block}.finding,.sum,tr{break-inside:avoid}.only-print{display:table-cell}.only-print-block{display:block}.blank-line{min-width:12em;border-bottom:1px solid #999!important}a{color:inherit;text-decoration:none}.scroll,.form-scroll{overflow:visible}.form-scroll{padding-right:2px}.form-t2,.form-t4{break-inside:avoid}.form caption{break-after:avoid}.form{min-width:0!important}h1,h2,h3{break-after:avoid}td,th,.mark,.chart *{print-color-adjust:exact;-webkit-print-color-adjust:exact}thead{display:table-header-group}@page{margin:15mm}}
`;

/** For a foreign document inside its frame: quiet, and the place unmistakable. */
export const RENDITION_STYLE = `body{margin:0;padding:14px 16px 50vh;font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#1c2733;overflow-wrap:anywhere}
table{border-collapse:collapse;max-width:100%;font-size:13px}td,th{border:1px solid #8796a6;padding:3px 5px}
.also{background:#fff1b8}.suspect{background:#fbd3cf;outline:3px solid #c4170c}#place{scroll-margin:35vh 20vw}
.line{margin:0;white-space:pre-wrap;font:13px/1.7 ui-monospace,Consolas,"Noto Sans Mono CJK SC",monospace}.number{display:inline-block;min-width:3.5em;color:#66707c;user-select:none}
.hint{background:#fff3d6;padding:.5em .8em;border-radius:6px}mark{background:#ff8f85}`;
