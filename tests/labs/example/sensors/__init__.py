"""An example of a small lab, five files: two sensors that each report a coin, wrong now and then."""

from mmexplore.lab import OWN, Dial, Example, Lab, Preset
from mmexplore.labs.registry import declare

from .figures import exact, fields, figures, numbers
from .scene import Sensors, script
from .task import Toss

PRESETS = {
    "alike": Preset("Alike", "Two sensors of one kind: what they share is redundant.", {"error1": 0.1, "error2": 0.1}),
    "one": Preset(
        "One good", "The second sensor adds nothing that the first does not say.", {"error1": 0.0, "error2": 0.3}
    ),
}

declare(
    Lab(
        name="sensors",
        title="Sensors",
        icon="sensors",
        url="sensors",
        order=800,
        question="What do two unreliable sensors say of a coin?",
        scene=Sensors,
        tasks=(Toss,),
        view_of=lambda task: Sensors(error1=task.error1, error2=task.error2, toss=task),
        presets=PRESETS,
        examples=(Example(OWN, "Two sensors", "A lab of your own", {"error1": 0.2}),),
        task=Sensors.task,
        dial=Dial(paths=lambda view: ("error1", "error2"), fields=fields, exact=exact),
        figures=figures,
        numbers=numbers,
        script=script,
        about="A fair coin Y; each sensor reports it and errs with its own probability, independently of the other.",
        warm=lambda: (lambda: fields(Sensors()),),
    )
)
